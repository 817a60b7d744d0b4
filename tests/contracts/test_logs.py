"""What a map may say and a log may hold, the import takes: no request is refused when half of a log has been sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from services.intake.events import Channel, StepRole
from services.intake.http.imports import ImportedCase
from services.onebox import LogMap, read_log
from services.onebox.log_cases import ROLES, STEPS
from services.onebox.log_map import WayIn

MAP = {
    "columns": {"case": "case", "activity": "what", "officer": "who", "instant": "when", "channel": "how", "promised": "until"},
    "channels": {"desk": "counter"},
    "activities": {"file": "file", "decide": "decision", "close": "close", "look": "step/examine", "sign": "step/approve", "*": "step"},
}


def case(path: Path, steps: int, name: str = "look") -> ImportedCase:
    """A case of a log with everything, as the import reads it."""
    rows = [("file", "a.b-c_1"), *[(name, "")] * steps, ("decide", "李四"), ("close", "")]
    lines = [
        "case,what,who,when,how,until",
        *(f"{'N' * 100},{what},{who},1949-10-01 00:00:00Z,desk,2199-12-31 23:59Z" for what, who in rows),
    ]
    path.write_text("\n".join(lines))
    log = read_log(path, LogMap.model_validate(MAP), "map", datetime.now(UTC))
    return ImportedCase.model_validate(log.cases[0].as_import(log.item))


def test_channels_and_roles_are_those_of_the_import() -> None:
    assert set(get_args(WayIn)) == {channel.value for channel in Channel}
    assert {*ROLES.values(), "work"} == {role.value for role in StepRole}


def test_a_case_of_a_log_at_every_bound_is_one_that_the_import_takes(tmp_path: Path) -> None:
    taken = case(tmp_path / "log.csv", STEPS, "w" * 500)
    assert (len(taken.done), taken.ref, taken.channel) == (STEPS + 3, "N" * 100, Channel.COUNTER)
    with pytest.raises(ValidationError, match="steps"):
        ImportedCase.model_validate(taken.model_dump() | {"steps": [*taken.steps, taken.steps[0]]})
