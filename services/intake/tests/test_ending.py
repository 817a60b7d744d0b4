"""撤回, 办结: the ways out."""

from __future__ import annotations

from services.intake.events import CaseClosed, CaseWithdrawn
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_a_case_whose_result_is_handed_over_is_closed() -> None:
    given(s.delivered()).when(s.close()).then(CaseClosed(case=NUMBER, officer="clerk-1", at=at("2007-03-26")))
    given(s.closed()).when(s.close()).then()


def test_nothing_is_delivered_undecided_or_closed_undelivered() -> None:
    given(s.approved()).when(s.deliver()).refused("not-decided")
    given(s.decided()).when(s.close()).refused("not-delivered")
    given(s.filed()).when(s.close()).refused("not-delivered")


def test_the_applicant_may_withdraw_until_the_decision() -> None:
    withdrawn = CaseWithdrawn(case=NUMBER, by_silence=False, officer="clerk-1", at=at("2007-03-22"))
    for story in (s.filed(), s.told_to_correct(), s.returned_incomplete(), s.accepted(), s.examined(), s.approved()):
        assert given(story).when(s.withdraw()).one(CaseWithdrawn) == withdrawn
    given(s.decided()).when(s.withdraw()).refused("already-decided")
    given(s.filed()).when(s.withdraw(), s.withdraw()).then()


def test_a_case_that_ended_stays_ended_and_can_be_closed() -> None:
    for end in (s.withdraw(), s.refuse_acceptance()):
        given(s.filed()).when(end, s.accept()).refused("ended")
        given(s.filed()).when(end, s.examine()).refused("ended")
        given(s.filed()).when(end, s.close()).taken()
    given(s.closed()).when(s.withdraw()).refused("ended")
