"""Where each fact leaves a case, and that it agrees with what contracts/phases.toml says to everybody who shows it."""

from __future__ import annotations

from itertools import groupby

import pytest

from libs.contracts import phases
from services.intake.case import CASE
from services.intake.case.phase import ENDS, Phase, after
from services.intake.events import CaseEvent
from services.intake.tests import stories as s
from services.intake.tests.samples import samples
from services.intake.tests.stories import given

FACTS: list[CaseEvent] = [event for event in samples() if type(event).__name__ in phases().facts]  # type: ignore[misc]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
@pytest.mark.parametrize("before", [phase for phase in Phase if phase is not Phase.NONE])
def test_a_fact_leaves_a_case_where_the_contract_says(before: Phase, fact: CaseEvent) -> None:
    assert after(before, fact).value == phases().after(before.value, type(fact).__name__)


def test_the_ends_are_those_of_the_contract_and_in_its_order() -> None:
    assert {end.value for end in ENDS} == phases().ends
    assert [phase.value for phase in Phase][1:] == list(phases().words)


def test_a_case_goes_its_way() -> None:
    told = given(s.filed()).when(s.request_corrections(), s.return_corrections("承诺书"), s.return_corrections()).history()
    examined = (s.start_step(), s.examine(), s.start_approving())
    told = (
        given(told)
        .when(
            s.suspend(first="2007-03-15", on="2007-03-15"),
            s.resume(on="2007-03-16"),
            *examined,
            s.send_back(),
            *examined,
            s.approve(),
            s.decide(),
            s.deliver(),
            s.close(),
        )
        .history()
    )
    each = [CASE.fold(told[:n]).phase.value for n in range(1, len(told) + 1)]
    assert " ".join(phase for phase, _ in groupby(each)) == (
        "filed correcting incomplete accepted examined accepted examined approved decided delivered closed"
    )


def test_nothing_opens_a_closed_case() -> None:
    for act in (s.accept(), s.request_corrections(), s.withdraw(), s.decide()):
        assert given(s.closed()).when(s.imported(act)).taken().state.phase is Phase.CLOSED
