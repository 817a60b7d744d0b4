"""What the list makes of a case's facts, without a server: rows folded batch by batch, marks, the first end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from libs.contracts import phases
from services.intake.events import Instants
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given
from services.intake.views import ListedCase


def listed(history: s.Told, row: ListedCase | None = None) -> ListedCase:
    """The row of a batch."""
    row = row or ListedCase(NUMBER)
    for version, event in enumerate(history, 1):
        row.fold(event, version)
    return row


def test_a_row_knows_its_place_from_its_number() -> None:
    row = ListedCase(NUMBER)
    assert (row.node, row.year, row.serial) == ("511525", 2007, 1)


def test_a_filed_case_is_listed_under_its_procedure() -> None:
    row = listed(s.filed())
    assert (row.phase, row.item, row.item_name, row.procedure_version, row.kind) == ("filed", "511A00001", "取水许可", 1, "promised")
    assert (row.channel, row.ref, row.imported, row.timeline, row.officer) == ("counter", "", False, "", "clerk-1")
    assert (row.filed_at, row.accepted_at, row.version) == (at("2007-03-05"), None, 1)


def test_an_imported_case_is_listed_with_its_name_and_its_time() -> None:
    instants = Instants(timeline="receipt", promised=None, statutory=at("2007-04-02"))
    row = listed(given().when(s.imported(replace(s.file(), ref="case-10011", instants=instants))).history())
    assert (row.ref, row.timeline, row.imported) == ("case-10011", "receipt", True)


def test_limits_run_from_the_receipt_after_silence() -> None:
    assert listed(given(s.filed()).when(s.accept("2007-03-14")).history()).accepted_at == at("2007-03-05")


@pytest.mark.parametrize(
    ("told", "phase", "finished", "closed"),
    [
        (s.decided(), "decided", None, None),
        (s.closed(), "closed", at("2007-03-26"), at("2007-03-26")),
        (given(s.filed()).when(s.withdraw()).history(), "withdrawn", at("2007-03-22"), None),
        (given(s.filed()).when(s.refuse_acceptance()).history(), "not-accepted", at("2007-03-06"), None),
        (given(s.filed()).when(s.refuse_acceptance(), s.close()).history(), "closed", at("2007-03-06"), at("2007-03-26")),
    ],
)
def test_a_case_is_finished_at_its_first_end(told: s.Told, phase: str, finished: datetime | None, closed: datetime | None) -> None:
    row = listed(told)
    assert (row.phase, row.finished_at, row.closed_at) == (phase, finished, closed)


def test_the_mark_stays_raw_beside_the_phase() -> None:
    assert listed(s.accepted()).suspensions == ""
    stopped = listed(given(s.suspended()).when(s.start_step(), s.examine()).history())
    assert (stopped.phase, stopped.suspensions) == ("examined", "+1")
    assert listed(given(s.suspended()).when(s.resume()).history()).suspensions == "+1-1"
    withdrawn = listed(given(s.suspended()).when(s.withdraw()).history())
    assert (withdrawn.suspensions, phases().ended(withdrawn.phase)) == ("+1", True)


def test_the_mark_stands_until_the_last_of_several_procedures_is_over() -> None:
    two = [s.suspend(), s.suspend(first="2007-03-26", on="2007-03-13")]
    for last, told in ((s.call_off(2, on="2007-03-20"), "+1+2-1-2"), (s.resume(number=2, last="2007-03-26", on="2007-03-26"), "+1+2-1-2")):
        row = listed(given(s.accepted()).when(*two, s.resume()).history())
        assert (row.suspensions, phases().suspended(row.suspensions, row.phase)) == ("+1+2-1", True)
        row = listed(given(s.accepted()).when(*two, s.resume(), last).history())
        assert (row.suspensions, phases().suspended(row.suspensions, row.phase)) == (told, False)


def test_with_the_decision_no_procedure_is_announced_any_more() -> None:
    row = listed(given(s.announced()).when(s.start_step(), s.examine(), s.start_approving(), s.approve(), s.decide()).history())
    assert (row.suspensions, phases().suspended(row.suspensions, row.phase)) == ("+1=", False)


def test_a_later_batch_says_only_what_is_new() -> None:
    told = s.decided()
    row = listed(told[-1:])
    assert (row.phase, row.outcome, row.decided_at) == ("decided", "granted", at("2007-03-22"))
    assert (row.item, row.filed_at, row.accepted_at, row.suspensions, row.finished_at) == ("", None, None, "=", None)


def test_a_fact_that_leaves_the_case_where_it_is_says_nothing_of_the_phase() -> None:
    told = given(s.accepted(s.SITE_VISIT)).when(s.start_step("现场核查")).history()
    row = listed(told[-1:])
    assert (row.phase, row.officer) == ("", "examiner-1")
