"""一次告知, 补正: Art. 32(1)(4), (5)."""

from __future__ import annotations

from dataclasses import replace

from services.intake.case.phase import Phase
from services.intake.events import AcceptedBy, CaseAccepted, CorrectionsRequested, CorrectionsReturned, PinnedMaterial
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_what_is_missing_is_told_once() -> None:
    given(s.filed()).when(s.request_corrections()).then(
        CorrectionsRequested(case=NUMBER, missing=("平面图", "承诺书"), officer="clerk-1", at=at("2007-03-06"))
    )
    given(s.told_to_correct()).when(s.request_corrections("验资报告")).refused("already-told-once")


def test_the_same_notice_again_changes_nothing() -> None:
    given(s.told_to_correct()).when(s.request_corrections("承诺书", "平面图", on="2007-03-07")).then()


def test_a_notice_names_something() -> None:
    empty = replace(s.request_corrections(), missing=())
    given(s.filed()).when(empty).refused("nothing-named")


def test_the_notice_comes_within_five_working_days_or_the_case_is_accepted_by_silence() -> None:
    given(s.filed()).when(s.request_corrections(on="2007-03-12")).then(
        CorrectionsRequested(case=NUMBER, missing=("平面图", "承诺书"), officer="clerk-1", at=at("2007-03-12"))
    )
    given(s.filed()).when(s.request_corrections(on="2007-03-13")).refused("already-accepted")
    given(s.filed()).when(s.refuse_acceptance(on="2007-03-13")).refused("already-accepted")


def test_everything_returned_is_accepted_that_day() -> None:
    given(s.told_to_correct()).when(s.return_corrections(on="2007-03-14")).then(
        CorrectionsReturned(case=NUMBER, still_missing=(), waived=(), reasons="", officer="clerk-1", at=at("2007-03-14")),
        *s.accepted_by(AcceptedBy.DECISION, "2007-03-14", "2007-03-14", "clerk-1"),
    )


def test_incomplete_return_may_lack_only_what_the_notice_named() -> None:
    given(s.told_to_correct()).when(s.return_corrections("承诺书")).then(
        CorrectionsReturned(case=NUMBER, still_missing=("承诺书",), waived=(), reasons="", officer="clerk-1", at=at("2007-03-14"))
    )
    given(s.told_to_correct()).when(s.return_corrections("验资报告")).refused("already-told-once")


def test_after_an_incomplete_return_the_same_list_again_and_nothing_new() -> None:
    given(s.returned_incomplete()).when(s.request_corrections("承诺书", on="2007-03-15")).then(
        CorrectionsRequested(case=NUMBER, missing=("承诺书",), officer="clerk-1", at=at("2007-03-15"))
    )
    given(s.returned_incomplete()).when(s.request_corrections("承诺书", "验资报告", on="2007-03-15")).refused("already-told-once")


def test_what_came_back_is_never_asked_again() -> None:
    """平面图 came back; only 承诺书 may be named, and only 承诺书 may still be missing."""
    given(s.returned_incomplete()).when(s.request_corrections("平面图", "承诺书", on="2007-03-15")).refused("already-told-once")
    again = given(s.returned_incomplete()).when(s.request_corrections("承诺书", on="2007-03-15")).history()
    given(again).when(s.return_corrections("平面图", on="2007-03-16")).refused("already-told-once")
    given(s.returned_incomplete()).when(s.return_corrections("平面图", on="2007-03-15")).refused("already-told-once")


def test_corrections_name_only_materials_of_the_procedures_list() -> None:
    given(s.filed()).when(s.request_corrections("平面图", "资产评估报告")).refused("not-listed")


def test_materials_are_told_apart_by_their_names_and_named_as_in_the_list() -> None:
    story = given(s.filed()).when(s.request_corrections(" 承诺书", "承诺书\u3000", "平面图"))
    assert story.one(CorrectionsRequested).missing == ("承诺书", "平面图")
    back = given(story.history()).when(s.return_corrections("平面图 "))
    assert back.one(CorrectionsReturned).still_missing == ("平面图",)
    latin = replace(s.pinned(), materials=(PinnedMaterial(name="CAD图纸"), PinnedMaterial(name="申请书")))
    filed = given().when(s.file(procedure=latin)).history()
    assert given(filed).when(s.request_corrections("ｃａｄ图纸")).one(CorrectionsRequested).missing == ("CAD图纸",)


def test_after_a_return_the_notice_names_all_that_is_missing_still() -> None:
    """Nothing is dropped in silence: what is no longer wanted is said at the return, with reasons."""
    story = given(s.filed()).when(s.request_corrections("平面图", "承诺书", "申请书"), s.return_corrections("平面图", "承诺书")).history()
    given(story).when(s.request_corrections("平面图", on="2007-03-15")).refused("same-list-again")
    given(story).when(s.request_corrections("承诺书", "平面图", on="2007-03-15")).taken()


def test_a_paper_no_longer_wanted_is_dropped_by_the_return_itself_with_reasons() -> None:
    waiving = s.return_corrections(waived=("承诺书",), reasons="已由共享数据查验")
    given(s.told_to_correct()).when(waiving).then(
        CorrectionsReturned(
            case=NUMBER, still_missing=(), waived=("承诺书",), reasons="已由共享数据查验", officer="clerk-1", at=at("2007-03-14")
        ),
        *s.accepted_by(AcceptedBy.DECISION, "2007-03-14", "2007-03-14", "clerk-1"),
    )
    given(s.told_to_correct()).when(replace(waiving, reasons=" ")).refused("no-reasons")
    given(s.told_to_correct()).when(replace(waiving, waived=("申请书",))).refused("not-missing")
    given(s.told_to_correct()).when(replace(waiving, still_missing=("承诺书",))).refused("not-missing")


def test_what_was_dropped_is_not_asked_again() -> None:
    dropped = s.return_corrections("平面图", waived=("承诺书",), reasons="已由共享数据查验")
    story = given(s.told_to_correct()).when(dropped).history()
    given(story).when(s.request_corrections("平面图", "承诺书", on="2007-03-15")).refused("already-told-once")
    given(story).when(s.return_corrections("承诺书", on="2007-03-15")).refused("already-told-once")


def test_a_return_that_brings_nothing_does_not_put_the_silence_off() -> None:
    given(s.returned_incomplete()).when(s.return_corrections("承诺书", on="2007-03-20")).then()
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-22")).one(CaseAccepted)


def test_a_blank_is_no_material() -> None:
    given(s.filed()).when(s.request_corrections(" ", "\u3000")).refused("nothing-named")


def test_nothing_of_the_list_returned_is_the_whole_list_again() -> None:
    story = given(s.told_to_correct()).when(s.return_corrections("平面图", "承诺书")).history()
    given(story).when(s.request_corrections("平面图", "承诺书", on="2007-03-15")).taken()


def test_corrections_are_returned_only_when_asked_for() -> None:
    given(s.filed()).when(s.return_corrections(on="2007-03-07")).refused("corrections-not-told")
    given(s.accepted()).when(s.return_corrections()).refused("already-accepted")


def test_corrections_come_to_nothing_after_a_withdrawal() -> None:
    story = given(s.told_to_correct()).when(s.withdraw()).history()
    given(story).when(s.return_corrections()).refused("ended")
    assert given(story).state.phase is Phase.WITHDRAWN


def test_where_a_record_has_everything_back_the_return_said_here_takes_the_case_up() -> None:
    """Another system's record accepts nothing; told to correct, the case can be taken up by the return alone."""
    kept = given(s.told_to_correct()).when(s.imported(s.return_corrections())).history()
    assert given(kept).when(s.return_corrections(on="2007-03-15")).one(CaseAccepted).by is AcceptedBy.DECISION
