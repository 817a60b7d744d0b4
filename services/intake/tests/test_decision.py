"""决定: Art. 38."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from services.intake.events import CaseDecided, Outcome
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_the_decision_is_what_was_approved() -> None:
    given(s.approved()).when(s.decide()).then(
        CaseDecided(
            case=NUMBER,
            outcome=Outcome.GRANTED,
            document="宜水许〔2007〕5号",
            reasons="",
            remedies=None,
            officer="approver-1",
            at=at("2007-03-22"),
        )
    )
    given(s.approved()).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).refused("not-as-approved")


def test_a_refusal_gives_reasons() -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED)).refused("no-reasons")
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).taken()


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u3000"])
def test_blank_reasons_are_none(blank: str) -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons=blank)).refused("no-reasons")


def test_a_refusal_names_the_remedies_of_the_procedure_and_a_grant_none() -> None:
    *_, refused = given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).history()
    assert asdict(refused)["remedies"] == asdict(s.REMEDIES)
    *_, granted = given(s.approved()).when(s.decide()).history()
    assert asdict(granted)["remedies"] is None


def test_an_imported_refusal_has_no_remedies_made_up() -> None:
    *_, kept = given(s.filed()).when(s.imported(s.decide(Outcome.REFUSED, document=""))).history()
    assert isinstance(kept, CaseDecided)
    assert (kept.outcome, kept.reasons, kept.remedies, kept.imported) == (Outcome.REFUSED, "", None, True)


def test_a_decision_is_in_writing() -> None:
    given(s.approved()).when(s.decide(document="")).refused("no-document")
    given(s.approved()).when(s.decide(document="\u3000")).refused("no-document")


def test_a_decision_stands() -> None:
    given(s.decided()).when(s.decide()).then()
    given(s.decided()).when(s.decide(document="宜水许〔2007〕6号")).refused("already-decided")
