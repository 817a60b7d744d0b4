"""What is made of others' facts, without a server: procedures known, silence answered (Art. 32(1)(4))."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from libs.testkit.house import COUNTY
from libs.testkit.neighbours import Neighbour
from services.intake.case import heard
from services.intake.case.filing import in_force
from services.intake.case.heard import Learned
from services.intake.events import AcceptedBy, CaseAccepted, PinnedStep, StepRole
from services.intake.inbox import READER
from services.intake.tests import stories as s
from services.intake.tests.stories import CALENDAR, NUMBER, at, given

NOTHING = Learned()
react = partial(heard.react, CALENDAR)


async def test_a_procedure_published_is_learned_as_a_case_pins_it() -> None:
    catalogue = Neighbour("catalogue", [COUNTY])
    learned = NOTHING
    for version, effective in ((1, "2007-01-01"), (2, "2007-03-01")):
        said = await catalogue.says("ProcedurePublished", version=version, effective=effective, promised_days=12 - version)
        learned, commands = react(learned, READER.read(said), said.name)
        assert commands == ()
    assert [(effective, pinned.promised_days) for effective, pinned in learned.versions] == [
        (date(2007, 1, 1), 11),
        (date(2007, 3, 1), 10),
    ]
    pinned = in_force(learned.versions, date(2007, 2, 28))
    assert (pinned.item, pinned.item_name, pinned.procedure_version, pinned.kind) == ("511A00001", "取水许可", 1, "promised")
    assert pinned.steps[0] == PinnedStep(name="现场核查", post="审查岗", role=StepRole.WORK, limit_days=5, two_officers=True)


async def test_silence_asks_the_rules_for_acceptance() -> None:
    noticed = await Neighbour("deadline", [COUNTY]).says("SilenceNoticed", "2007-03-13 00:00", case=NUMBER)
    learned, ((stream, command),) = react(NOTHING, READER.read(noticed), noticed.name)
    assert (learned, stream) == (NOTHING, NUMBER)
    given(s.filed()).when(command).then(*s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00"))
    given(s.told_to_correct()).when(command).then()


@pytest.mark.parametrize("kind", ["statutory", "promised", "step", "delivery"])
async def test_silence_of_another_clock_asks_for_nothing(kind: str) -> None:
    noticed = await Neighbour("deadline", [COUNTY]).says("SilenceNoticed", "2007-03-13", case=NUMBER, kind=kind)
    assert react(NOTHING, READER.read(noticed), noticed.name) == (NOTHING, ())


async def test_silence_noticed_too_early_changes_nothing() -> None:
    noticed = await Neighbour("deadline", [COUNTY]).says("SilenceNoticed", "2007-03-12 23:59", case=NUMBER)
    _, ((_, command),) = react(NOTHING, READER.read(noticed), noticed.name)
    assert given(s.filed()).when(command).taken().history == s.filed()
    assert given(s.filed()).when(s.deem_accepted("2007-03-13")).one(CaseAccepted).effective == at("2007-03-05")
