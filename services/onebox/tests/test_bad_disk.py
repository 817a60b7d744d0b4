"""A box whose files cannot be written, or are gone, goes on looking after its parts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from libs.embedded import LOG_BYTES, Kafka, Postgres, Server, open_log
from services.onebox import BoxError, OneBox, holder, sites
from services.onebox.held import HeldBox, PartStands
from services.onebox.sites import SiteOfBox
from services.onebox.tests.test_watch import Scene
from services.onebox.watch import Watch


@pytest.fixture
def site(tmp_path: Path) -> SiteOfBox:
    return SiteOfBox.make("511525", [{"code": "511525"}], tmp_path / "511525")


@pytest.mark.parametrize("kind", [Postgres, Kafka])
def test_a_servers_log_that_was_removed_to_make_room_names_no_cause(kind: type[Server], tmp_path: Path) -> None:
    assert kind(tmp_path).cause() is None


def test_a_sites_log_that_was_removed_to_make_room_names_no_cause(site: SiteOfBox) -> None:
    assert site.cause() is None


def test_a_cause_is_looked_for_at_the_end_of_a_log_that_has_grown_large(site: SiteOfBox) -> None:
    with (site.folder / "site.log").open("w") as log:
        log.write("事项 line\n" * 100_000 + "OSError: No space left on device\n")
    assert (site.cause() or "").startswith("磁盘已满")


def test_a_sites_log_that_has_grown_large_is_put_aside_when_the_site_is_started_again(site: SiteOfBox) -> None:
    log = site.folder / "site.log"
    for size in (LOG_BYTES, LOG_BYTES + 1):
        log.write_bytes(b"-" * size)
        with open_log(log) as opened:
            opened.write(b"begun\n")
    assert (log.read_bytes(), (site.folder / "site.log.old").stat().st_size) == (b"begun\n", LOG_BYTES + 1)


def test_a_site_whose_log_cannot_be_opened_is_told_in_a_sentence(site: SiteOfBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "is_free", lambda _port: True)
    (site.folder / "site.log").mkdir()
    with pytest.raises(BoxError, match=r"511525 不能启动：.*site\.log"):
        site.start({}, "127.0.0.1:1", "http://127.0.0.1:1", site.folder / "registry.json")


def test_how_the_parts_stand_is_said_as_soon_as_it_can_be_written(tmp_path: Path) -> None:
    box, scene = OneBox(tmp_path / "box"), Scene()
    box._held, box._watch = HeldBox(box.folder, "up"), Watch([scene.part])
    written, box._held._file = box._held._file, os.open(box.folder / "held.json", os.O_RDONLY)
    scene.ended = 1
    assert box.watch() != []
    read_only, box._held._file = box._held._file, written
    box.watch()
    found = holder(box.folder)
    os.close(read_only)
    box.stop()
    assert found is not None
    assert [part.state for part in found.parts] == ["starting"]


def test_a_reason_of_any_length_leaves_what_is_said_readable(tmp_path: Path) -> None:
    held = HeldBox(tmp_path, "up")
    part = PartStands.model_validate({"part": "Kafka", "state": "down", "since": "2026-11-28T08:00:00+08:00", "because": "\n满" * 9000})
    for _ in range(2):
        held.say([part] * 4)
        held.say([])
        found = holder(tmp_path)
        assert found is not None
    held.release()
