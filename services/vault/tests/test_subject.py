"""What the vault refuses, and what it says."""

from __future__ import annotations

import pytest

from libs.decider import Refused
from libs.testkit.given import Given
from services.vault.events import DataErased, DataOpened
from services.vault.follow import FOLLOW
from services.vault.reads import READS
from services.vault.subject import SUBJECT, may_keep
from services.vault.tests import stories as s

given, code = Given(SUBJECT), Given(FOLLOW)


def test_data_is_opened_for_an_act_on_a_case_of_the_subject() -> None:
    given().when(s.opening()).then(*s.opened())
    (said,) = s.opened()
    assert isinstance(said, DataOpened)
    assert (said.fields, said.act, said.case, said.officer) == (("name", "resident_id"), "intake.examine", s.CASE, "C0122")


def test_before_there_is_a_case_the_act_alone_is_the_purpose() -> None:
    assert len(SUBJECT.decide(s.opening(case="", cases=()), False)) == 1


@pytest.mark.parametrize("case", ["", "511525-20070305-000002-9"])
def test_nothing_is_opened_for_another_case(case: str) -> None:
    given().when(s.opening(case=case)).refused("other-case")


def test_what_is_erased_is_opened_no_more() -> None:
    given(*s.erased()).when(s.opening()).refused("erased")


def test_nobody_is_erased_while_a_case_runs() -> None:
    given(*s.opened()).when(s.erasing(held=True)).refused("still-held")


def test_who_is_erased_is_erased_once() -> None:
    given(*s.opened()).when(s.erasing()).then(*s.erased())
    given(*s.erased()).when(s.erasing()).then()
    assert isinstance(s.erased()[0], DataErased)


def test_an_agent_acts_for_somebody_who_is_kept() -> None:
    may_keep("", known=False)
    may_keep(s.SOMEBODY, known=True)
    with pytest.raises(Refused) as no:
        may_keep(s.SOMEBODY, known=False)
    assert no.value.code == "unknown-principal"


def test_a_code_is_given_anew_as_often_as_it_is_lost() -> None:
    code().when(s.reissuing()).then(*s.reissued())
    code(*s.reissued()).when(s.reissuing()).then(*s.reissued(before=1))


def test_a_case_that_never_had_a_code_gets_none_anew() -> None:
    code().when(s.reissuing(given=False)).refused("no-follow-code")


def test_who_reads_twice_has_read_twice() -> None:
    reads = Given(READS)
    reads(*s.read()).when(s.reading()).then(*s.read())
    (said,) = s.read()
    assert (said.reader, said.act, said.about, said.path) == ("A9001", "intake.read-cases", s.NODE, f"/intake/cases/{s.CASE}")
