"""收件: a case begins, under the procedure in force (Art. 29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from libs.decider import Decider
from libs.testkit.given import Given
from services.intake.case.filing import Version, in_force
from services.intake.events import CaseFiled, Channel, Pinned
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_materials_handed_over_are_a_case_under_the_procedure_in_force() -> None:
    given().when(s.file()).then(
        CaseFiled(
            case=NUMBER,
            node="511525",
            pinned=s.pinned(),
            channel=Channel.COUNTER,
            applicants=(s.LI,),
            materials=("申请书",),
            officer="clerk-1",
            at=at("2007-03-05"),
        )
    )


def test_a_number_names_one_case() -> None:
    given(s.filed()).when(s.file()).refused("number-taken")


def test_only_the_promised_kind_is_offered_yet() -> None:
    given().when(s.file(procedure=s.pinned(kind="immediate"))).refused("kind-not-offered")


def test_a_record_filing_is_not_yet_taken_at_the_window() -> None:
    filing = replace(s.pinned(), regime="record-filing", silence_accepts=False, approval=False)
    given().when(s.file(procedure=filing)).refused("kind-not-offered")


def test_the_internal_channel_is_for_imports() -> None:
    given().when(s.file(channel=Channel.INTERNAL)).refused("internal-is-for-imports")


def test_nothing_is_done_on_a_case_that_was_never_filed() -> None:
    given().when(s.accept()).refused("unknown-case")
    given().when(s.imported(s.accept())).refused("unknown-case")


# --- the procedure in force ------------------------------------------------------------------------------------------------------------


def version(number: int, effective: str) -> Version:
    return date.fromisoformat(effective), replace(s.pinned(), procedure_version=number)


def chosen(*versions: Version, imported: bool = False) -> Given[date, None, Pinned]:
    """A case is filed on some day under one of these versions."""

    def choose(day: date, _nothing: None) -> list[Pinned]:
        return [in_force(versions, day, imported=imported)]

    return Given(Decider(initial=None, decide=choose, evolve=lambda nothing, _pinned: nothing))


OWN, COUNTYS = version(7, "2007-03-01"), version(1, "2007-01-01")


def test_the_nearest_nodes_procedure_is_taken_from_the_day_it_is_in_force() -> None:
    assert chosen(OWN, COUNTYS)().when(date(2007, 3, 1)).one(Pinned).procedure_version == 7
    assert chosen(OWN, COUNTYS)().when(date(2007, 2, 28)).one(Pinned).procedure_version == 1


def test_an_item_without_procedure_or_with_none_in_force_yet_takes_no_case() -> None:
    chosen()().when(date(2007, 3, 5)).refused("unknown-item")
    chosen(imported=True)().when(date(2007, 3, 5)).refused("unknown-item")
    chosen(OWN)().when(date(2007, 2, 28)).refused("not-in-force")


def test_an_imported_case_older_than_every_version_pins_the_earliest() -> None:
    assert chosen(OWN, COUNTYS, imported=True)().when(date(1999, 3, 1)).one(Pinned).procedure_version == 1
