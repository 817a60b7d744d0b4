"""Time comes first: what a silence has done to a case is taken as done before any act on it is judged (Art. 32(1)(4), P-silence-after-return)."""

from __future__ import annotations

from dataclasses import replace

from services.intake.case.acceptance import Accept
from services.intake.events import AcceptedBy, CaseWithdrawn
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given

CASE_WITHDRAWN = CaseWithdrawn(case=NUMBER, by_silence=False, officer="clerk-1", at=at("2007-03-22"))


def test_a_return_after_the_silence_neither_overwrites_nor_loses_the_acceptance() -> None:
    """Incomplete return on 03-14, silence complete at 24:00 on 03-21: on 03-23 the case is accepted, whatever comes in."""
    given(s.returned_incomplete()).when(s.return_corrections("承诺书", on="2007-03-23")).refused("already-accepted")
    given(s.returned_incomplete()).when(s.return_corrections(on="2007-03-23")).refused("already-accepted")


def test_what_is_refused_after_the_silence_writes_nothing_and_the_silence_noticed_still_accepts() -> None:
    given(s.returned_incomplete()).when(s.return_corrections("承诺书", on="2007-03-23")).refused("already-accepted")
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-23")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-14", "2007-03-22", "system:intake", "00:00")
    )


def test_an_act_taken_after_the_silence_stands_behind_the_acceptance_that_time_made() -> None:
    told = given(s.filed(s.SITE_VISIT)).when(s.start_step("现场核查", on="2007-03-14")).taken().history
    assert told[1] == s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00")[0]
    assert [type(fact).__name__ for fact in told] == ["CaseFiled", "CaseAccepted", "StepFellDue", "StepStarted"]


def test_declining_or_telling_after_the_silence_is_too_late() -> None:
    given(s.filed()).when(s.refuse_acceptance("2007-03-13")).refused("already-accepted")
    given(s.returned_incomplete()).when(s.request_corrections("承诺书", on="2007-03-22")).refused("already-accepted")


def test_a_withdrawal_after_the_silence_withdraws_an_accepted_case() -> None:
    told = given(s.filed()).when(s.withdraw()).taken().history
    assert [type(fact).__name__ for fact in told] == ["CaseFiled", "CaseAccepted", "StepFellDue", "CaseWithdrawn"]


def test_what_is_possible_after_the_silence_is_what_may_be_done_with_an_accepted_case() -> None:
    before, after = (s.offered(s.filed(), s.asked(*moment)) for moment in (("2007-03-12", "23:59"), ("2007-03-13", "00:00")))
    assert Accept in before
    assert after == s.offered(s.accepted(), s.asked("2007-03-13")) != before


def test_imported_acts_are_never_settled() -> None:
    given(s.filed()).when(s.imported(s.withdraw())).then(replace(CASE_WITHDRAWN, imported=True))


def test_a_case_older_than_the_calendar_is_never_deemed_accepted() -> None:
    old = given().when(s.imported(s.file(on="1999-03-01"))).history()
    given(old).when(s.deem_accepted("2007-03-13")).then()
    assert Accept in s.offered(old, s.asked("2007-03-13"))


def test_accepting_after_the_silence_writes_what_time_did_and_nothing_else() -> None:
    given(s.filed()).when(s.accept("2007-03-14")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00")
    )
