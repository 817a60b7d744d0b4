"""The rules of a finding: one per detector, version of its rule and case, saying what was seen, by whom, and which events show it (decision 0012)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.decider import Decider, record
from services.supervision.events import FindingRaised
from services.supervision.finding.detectors import DetectorRule, Seen


@record
class RaiseFinding:
    """Raise a finding: a detector saw something in a case, under a version of its rule."""

    case: str
    rule: DetectorRule
    node: str
    seen: Seen


Command = RaiseFinding
State = FindingRaised | None


def finding_of(command: RaiseFinding) -> str:
    """The finding's identity, which is also its stream: one per detector, version and case."""
    return f"finding:{command.rule.detector.value}:{command.rule.version}:{command.case}"


def decide(command: RaiseFinding, raised: State) -> Sequence[FindingRaised]:
    """The finding, at the latest time it rests on; none when it was raised before. Refuses nothing."""
    if raised is not None:
        return []
    facts = command.seen.facts
    return [
        FindingRaised(
            finding=finding_of(command),
            detector=command.rule.detector,
            rule_version=command.rule.version,
            case=command.case,
            node=command.node,
            officers=command.seen.officers,
            evidence=tuple(fact.evidence for fact in facts),
            at=max(fact.at for fact in facts),
            imported=all(fact.imported for fact in facts),
        )
    ]


def evolve(_raised: State, event: FindingRaised) -> State:
    """The finding after `event`: what was raised."""
    return event


FINDING: Final[Decider[RaiseFinding, State, FindingRaised]] = Decider(initial=None, decide=decide, evolve=evolve)
