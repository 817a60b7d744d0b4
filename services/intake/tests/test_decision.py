"""决定: Art. 38."""

from __future__ import annotations

from services.intake.events import CaseDecided, Outcome
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_the_decision_is_what_was_approved() -> None:
    given(s.approved()).when(s.decide()).then(
        CaseDecided(
            case=NUMBER, outcome=Outcome.GRANTED, document="宜水许〔2007〕5号", reasons="", officer="approver-1", at=at("2007-03-22")
        )
    )
    given(s.approved()).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).refused("not-as-approved")


def test_a_refusal_gives_reasons() -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED)).refused("no-reasons")
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).taken()


def test_a_decision_is_in_writing() -> None:
    given(s.approved()).when(s.decide(document="")).refused("no-document")


def test_a_decision_stands() -> None:
    given(s.decided()).when(s.decide()).then()
    given(s.decided()).when(s.decide(document="宜水许〔2007〕6号")).refused("already-decided")
