"""Every public event stands in `contracts/events` with the schema of its record and a sample its owner wrote."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from libs.decider import record
from libs.eventlog import Codec
from libs.testkit.contracts import EVENTS, Contract, misfits
from tests.contracts import writing

AT = datetime.fromisoformat("2007-03-05T02:00:00+00:00")
FILES = [(service, path) for service in writing.services() for path in sorted((EVENTS / service).glob("*.json"))]


@record
class Noted:
    """A fact of a service made up here. Its docstring has a second line, which some Pythons
    indent and others do not.
    """

    case: str
    at: datetime
    seen: bool = False


@record
class Struck:
    """Another one."""

    case: str
    at: datetime


def test_the_files_are_what_the_services_would_write_now() -> None:
    assert writing.differing(EVENTS, writing.wanted()) == []


@pytest.mark.parametrize(("service", "path"), FILES, ids=lambda part: getattr(part, "stem", part))
def test_a_file_is_of_an_event_that_exists_and_its_owner_reads_the_sample(service: str, path: Path) -> None:
    contract = Contract(**json.loads(path.read_text(encoding="utf-8")))
    event = {event.__name__: event for event in writing.promised(service)}[path.name.partition(".")[0]]
    assert contract.type == f"liandong.{service}.{path.name.removesuffix('.json')}"
    assert misfits(contract.shape, contract.sample) == []
    codec = Codec(service, [event])
    told = next(sample for sample in writing.samples(service) if type(sample) is event)
    assert json.loads(codec.encode(told)) == contract.sample


def files(*events: type[Any], told: list[Any]) -> dict[str, str]:
    return writing.written("notes", events, told)


def test_what_is_written_is_for_people_too() -> None:
    (text,) = files(Noted, told=[Noted(case="办件一", at=AT)]).values()
    assert text.endswith("}\n")
    assert '"case": "办件一"' in text
    found = json.loads(text)
    assert list(found) == ["type", "schema", "sample"]
    assert list(found["schema"]["$defs"]["Noted"]["properties"]) == ["case", "at", "seen"]
    assert "second line, which some Pythons indent and" in found["schema"]["$defs"]["Noted"]["description"]
    assert found["schema"]["$defs"]["Noted"]["properties"]["at"] == {"type": "string", "format": "date-time"}
    assert found["sample"] == {"case": "办件一", "at": "2007-03-05T02:00:00Z", "seen": False}


def test_stale_missing_and_left_over_files_are_named_with_what_to_do(tmp_path: Path) -> None:
    before = files(Noted, Struck, told=[Noted(case="c1", at=AT), Struck(case="c1", at=AT)])
    writing.write(tmp_path, before)
    assert writing.differing(tmp_path, before) == []
    now = {**files(Noted, told=[Noted(case="c2", at=AT)]), "notes/Added.v1.json": "{}\n"}
    assert writing.differing(tmp_path, now) == [
        "notes/Added.v1.json is missing: run scripts/contracts and commit it",
        "notes/Noted.v1.json is stale: run scripts/contracts and read the difference",
        "notes/Struck.v1.json is left over from an event that is gone: run scripts/contracts and commit that",
    ]
    writing.write(tmp_path, now)
    assert writing.differing(tmp_path, now) == []
    assert not (tmp_path / "notes" / "Struck.v1.json").exists()


def test_an_event_without_a_sample_or_with_two_is_not_written() -> None:
    with pytest.raises(AssertionError, match="0 samples of Struck"):
        files(Noted, Struck, told=[Noted(case="c1", at=AT)])
    with pytest.raises(AssertionError, match="2 samples of Noted"):
        files(Noted, told=[Noted(case="c1", at=AT), Noted(case="c2", at=AT)])


def test_a_sample_that_does_not_fit_its_schema_is_not_written() -> None:
    with pytest.raises(AssertionError, match=r"liandong\.notes\.Noted\.v1: the sample does not fit the schema: case: 5 is no string"):
        files(Noted, told=[Noted(case=5, at=AT)])  # type: ignore[arg-type]
