"""The rules of a finding, and the detectors: pure functions over what is known of a case, each with a rule version (decision 0012).

A detector says what was seen first, and in which fact it became visible; it never says "guilty". It can be run over the past at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from libs.decider import Decider, record
from services.supervision.events import Detector, FindingRaised


class Deed(str, Enum):
    """What an act was, as far as detectors ask."""

    ACT = "act"
    EXAMINE = "examine"
    APPROVE = "approve"
    END = "end"


@record
class CaseFact:
    """An act on a case, in the order in which acts were recorded; `evidence` names its event (source#epoch#number)."""

    deed: Deed
    officer: str
    at: datetime
    evidence: str
    imported: bool = False


@record
class Seen:
    """What a detector saw: the facts it rests on, and the place of the fact in which it became visible."""

    place: int
    facts: tuple[CaseFact, ...]


RULE_VERSION: Final = 1
Detect = Callable[[Sequence[CaseFact]], Seen | None]


def same_officer(facts: Sequence[CaseFact]) -> Seen | None:
    """一审一核: the officer who examined first is the one who approved first; first in the order recorded (P-two-persons)."""
    examined = next((n for n, fact in enumerate(facts) if fact.deed is Deed.EXAMINE), None)
    approved = next((n for n, fact in enumerate(facts) if fact.deed is Deed.APPROVE), None)
    if examined is None or approved is None or facts[examined].officer != facts[approved].officer:
        return None
    return Seen(place=max(examined, approved), facts=(facts[examined], facts[approved]))


def after_the_end(facts: Sequence[CaseFact]) -> Seen | None:
    """An act at a time strictly later than the case's first end, recorded before it or after it."""
    end = next((n for n, fact in enumerate(facts) if fact.deed is Deed.END), None)
    if end is None:
        return None
    late = [n for n, fact in enumerate(facts) if fact.deed is not Deed.END and fact.at > facts[end].at]
    if not late:
        return None
    place = max(end, late[0])
    return Seen(place=place, facts=(facts[end], *(facts[n] for n in late if n <= place)))


DETECTORS: Final[Mapping[Detector, Detect]] = {Detector.SAME_OFFICER: same_officer, Detector.AFTER_THE_END: after_the_end}


@record
class RaiseFinding:
    """A detector saw something in a case."""

    case: str
    detector: Detector
    node: str
    seen: Seen


def finding_of(detector: Detector, case: str) -> str:
    """The finding's identity, which is also its stream: one per detector and case."""
    return f"finding:{detector.value}:{case}"


def decide(command: RaiseFinding, raised: FindingRaised | None) -> Sequence[FindingRaised]:
    """The finding, at the latest time it rests on; none when it was raised before. Refuses nothing."""
    if raised is not None:
        return []
    facts = command.seen.facts
    about = [fact for fact in facts if fact.deed is not Deed.END]
    return [
        FindingRaised(
            finding=finding_of(command.detector, command.case),
            detector=command.detector,
            rule_version=RULE_VERSION,
            case=command.case,
            node=command.node,
            officers=tuple(dict.fromkeys(fact.officer for fact in about)),
            evidence=tuple(fact.evidence for fact in facts),
            at=max(fact.at for fact in facts),
            imported=all(fact.imported for fact in facts),
        )
    ]


def evolve(_raised: FindingRaised | None, event: FindingRaised) -> FindingRaised | None:
    """A finding is what was raised."""
    return event


FINDING: Final[Decider[RaiseFinding, FindingRaised | None, FindingRaised]] = Decider(initial=None, decide=decide, evolve=evolve)
