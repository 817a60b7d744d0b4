"""One event of every public type, from stories: what the neighbours' tests hear of intake."""

from __future__ import annotations

from dataclasses import replace

from libs.testkit.given import Given
from services.intake.events import Event, NumberEvent
from services.intake.numbers import NUMBERS, LeaseNumbers, VoidNumbers
from services.intake.tests import stories as s


def samples() -> list[Event]:
    """The first of every type that the stories tell."""
    told: list[Event] = [*_to_the_end(), *s.given(s.filed()).when(s.refuse_acceptance()).history()]
    told += s.given(s.announced()).when(s.call_off()).history()
    told += [*s.given(s.filed()).when(s.withdraw()).history(), *_numbers()]
    return list({type(event): event for event in reversed(told)}.values())


def _to_the_end() -> s.Told:
    """A case that meets everything a case can meet on its way."""
    filing = replace(s.file(procedure=s.pinned(s.SITE_VISIT, s.REVIEW, s.SIGN)), materials=("申请书", "取水口平面图", "承诺书"))
    filed = s.given().when(filing).history()
    back = s.return_corrections(waived=("承诺书",), reasons="承诺事项已由共享数据查验", on="2007-03-08")
    taken_up = s.given(filed).when(s.request_corrections(), s.return_corrections("承诺书", on="2007-03-07"), back).history()
    visited = (s.start_step("现场核查", on="2007-03-08"), s.finish_step("现场核查", second="examiner-2", on="2007-03-09"))
    stopped = (s.suspend(), s.resume("2007-03-13", on="2007-03-14"), s.extend(told="2007-03-15", on="2007-03-15"))
    reviewed = (s.start_step(on="2007-03-15"), s.examine(on="2007-03-16"), s.start_step("核准", "approver-1", on="2007-03-19"))
    again = (replace(s.send_back(), at=s.at("2007-03-19", "15:00")), s.start_step(on="2007-03-19"))
    handed = replace(s.hand_over(), at=s.at("2007-03-20", "09:00"))
    worked = s.given(taken_up).when(*visited, *stopped, *reviewed, *again, handed, s.examine("examiner-2")).history()
    return s.given(worked).when(s.start_approving(), s.approve(), s.decide(), s.deliver(), s.close()).history()


def _numbers() -> list[NumberEvent]:
    leased = LeaseNumbers(year=2007, size=50, process="intake-1", at=s.at("2007-03-05", "08:30"))
    voided = VoidNumbers(year=2007, process="intake-1", unused=(49, 50), at=s.at("2007-03-06", "08:30"))
    return Given(NUMBERS)().when(leased, voided).history()
