"""`liandong serve`: what a site's process is told by its environment, and what it makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from libs.host import Node
from libs.wire import create_key, public_of
from services.box import Settings
from services.cli import app

TOLD = {
    "SITE": "511500",
    "NODES": '[{"code": "511500", "name": "宜宾市政务服务中心", "parent": ""}, {"code": "511502", "name": "翠屏区", "parent": "511500"}]',
    "AT": "city",
    "DATABASES": '{"intake": "postgresql://intake:secret@db/site", "hub": "postgresql://hub:secret@db/site"}',
    "KAFKA": "kafka:9092",
    "PORT": "8080",
    "ACCOUNTS": "accounts.json",
    "FEED_TOKEN": "token",
    "CITY": "http://city",
}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a city's process, its key and registry in a folder."""
    create_key(tmp_path / "site.key")
    (tmp_path / "registry.json").write_text(json.dumps({"sites": [{"site": "511525"}]}))
    for name, value in {**TOLD, "KEY": str(tmp_path / "site.key"), "REGISTRY": str(tmp_path / "registry.json")}.items():
        monkeypatch.setenv(f"LIANDONG_{name}", value)
    return tmp_path


def settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment says


def test_a_site_with_what_stands_around_it(told: Path) -> None:
    found = settings()
    assert found.as_site().node("511502") == Node("511502", "翠屏区", "511500")
    around = found.around()
    assert (around.address, around.city, around.bootstrap, around.token) == ("http://127.0.0.1:8080", "http://city", "kafka:9092", "token")
    assert public_of(around.signing_key())[0]
    assert around.registry() == {"sites": [{"site": "511525"}]}
    assert around.services == frozenset(), "the roster says who stands here, not the settings"


def test_key_and_registry_are_read_when_asked_for(told: Path) -> None:
    around = settings().around()
    (told / "registry.json").write_text('{"sites": []}')
    (told / "site.key").unlink()
    assert around.registry() == {"sites": []}
    with pytest.raises(FileNotFoundError):
        around.signing_key()


def test_a_site_without_a_registry_knows_nobody(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANDONG_REGISTRY")
    assert settings().around().registry() == {"sites": []}


def test_secrets_are_not_shown(told: Path) -> None:
    assert ":secret@" not in repr(settings())
    assert "token'" not in repr(settings())


@pytest.mark.parametrize(("name", "value"), [("AT", "province"), ("PORT", "x"), ("DATABASES", "[]")])
def test_what_cannot_be_is_refused(told: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"LIANDONG_{name}", value)
    with pytest.raises(ValidationError):
        settings()


def test_only_a_box_can_be_served() -> None:
    found = CliRunner().invoke(app, ["serve", "nothing"])
    assert (found.exit_code, "可运行：box" in found.stderr) == (2, True)
