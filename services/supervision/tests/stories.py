"""Acts on a case and rungs of its clocks, as supervision gets to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce

from libs.testkit.given import Given
from libs.testkit.neighbours import moment
from services.supervision.card import CARD, IssueCard
from services.supervision.events import CardIssued, Colour, Detector, FindingRaised
from services.supervision.finding import FINDING, RaiseFinding
from services.supervision.finding.detectors import Deed, DetectorRule, KnownAct, Seen, WatchedCase, watched

CASE = "511525-20070305-000001-0"
LOG = {"timeline": "receipt", "promised": None, "statutory": None}
INTAKE = "urn:liandong:511525:intake"
SAME_OFFICER = DetectorRule(detector=Detector.SAME_OFFICER, version=1)
SAME_OFFICER_2 = DetectorRule(detector=Detector.SAME_OFFICER, version=2)
AFTER_THE_END = DetectorRule(detector=Detector.AFTER_THE_END, version=1)
given_card: Given[IssueCard, CardIssued | None, CardIssued] = Given(CARD)
given_finding: Given[RaiseFinding, FindingRaised | None, FindingRaised] = Given(FINDING)


def issue(colour: Colour = Colour.RED, generation: int = 0, overdue: int = 0) -> IssueCard:
    return IssueCard(
        case=CASE,
        colour=colour,
        clock=f"clock:{CASE}:promised",
        clock_kind="promised",
        node="511525",
        department="县水利局",
        department_uscc="11511301008778183N",
        post="审查岗",
        officer="E0201",
        generation=generation,
        overdue=overdue,
        due_at=moment("2007-03-20T00:00"),
        evidence="urn:liandong:511525:deadline#1#7",
        at=moment("2007-03-20T00:00"),
    )


def did(deed: Deed, officer: str, on: str, n: int, time: str = "10:00", *, imported: bool = False, **more: str) -> KnownAct:
    """The nth act on the case."""
    evidence, at = f"{INTAKE}#1#{n}", moment(f"{on}T{time}")
    return KnownAct(case=CASE, place=n - 1, evidence=evidence, deed=deed, officer=officer, at=at, imported=imported, **more)


def seen_by(rule: DetectorRule, facts: Sequence[KnownAct]) -> Seen | None:
    """What a detector sees in a case, act by act."""
    return reduce(watched, facts, WatchedCase()).seen.get(rule)


same_officer = partial(seen_by, SAME_OFFICER)
same_officer_2 = partial(seen_by, SAME_OFFICER_2)
after_the_end = partial(seen_by, AFTER_THE_END)


def raise_finding(seen: Seen, rule: DetectorRule = SAME_OFFICER_2) -> RaiseFinding:
    return RaiseFinding(case=CASE, rule=rule, node="511525", seen=seen)


def issued(colour: Colour = Colour.RED) -> list[CardIssued]:
    """A card was given."""
    return given_card().when(issue(colour)).history()


def raised() -> list[FindingRaised]:
    """One officer was seen to examine and to approve."""
    seen = same_officer_2([did(Deed.EXAMINE, "C0117", "2007-03-12", 2), did(Deed.APPROVE, "C0117", "2007-03-13", 3)])
    assert seen is not None
    return given_finding().when(raise_finding(seen)).history()
