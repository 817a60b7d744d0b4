"""`liandong serve`: what a site's process is told by its environment, and what it makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from libs.forms import Unreadable
from libs.host import Node
from libs.vault import create_keys
from libs.web import Accounts
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
    "FEED_TOKEN": "token",
    "CITY": "http://city",
}


REGISTERED = {
    "site": "511525",
    "key": "0" * 16,
    "public_key": "A" * 43 + "=",
    "address": "http://127.0.0.1:8081",
    "nodes": [{"code": "511525", "name": "高县政务服务中心", "parent": "511500"}],
}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a city's process, its key and registry in a folder."""
    create_key(tmp_path / "site.key")
    create_keys(tmp_path / "vault.keys")
    (tmp_path / "registry.json").write_text(json.dumps({"sites": [REGISTERED]}))
    Accounts().save(tmp_path / "accounts.json")
    for name, value in {
        **TOLD,
        "KEY": str(tmp_path / "site.key"),
        "VAULT_KEYS": str(tmp_path / "vault.keys"),
        "REGISTRY": str(tmp_path / "registry.json"),
        "ACCOUNTS": str(tmp_path / "accounts.json"),
    }.items():
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
    assert around.registry() == {"sites": [REGISTERED]}
    assert around.services == frozenset(), "the roster says who stands here, not the settings"


def test_key_and_registry_are_read_when_asked_for(told: Path) -> None:
    around = settings().around()
    (told / "registry.json").write_text('{"sites": []}')
    (told / "site.key").unlink()
    assert around.registry() == {"sites": []}
    with pytest.raises(Unreadable, match=r"site\.key 无法读取：文件不存在"):
        around.signing_key()


def test_a_site_without_a_registry_knows_nobody(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANDONG_REGISTRY")
    assert settings().around().registry() == {"sites": []}


def test_secrets_are_not_shown(told: Path) -> None:
    assert ":secret@" not in repr(settings())
    assert "token'" not in repr(settings())


def refused() -> str:
    """The one sentence with which the process of a site ends at its start."""
    found = CliRunner().invoke(app, ["serve", "box"])
    assert (found.exit_code, found.stdout, len(found.stderr.splitlines())) == (2, "", 1), found
    return found.stderr


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("AT", "province", "LIANDONG_AT：不在可选范围内"),
        ("PORT", "x", "LIANDONG_PORT：应为整数"),
        ("PORT", "70000", "LIANDONG_PORT：太大"),
        ("PROXIES", '["10.0.0.0/8", "x"]', "LIANDONG_PROXIES[2]：不是 IP 地址或网段"),
        ("DATABASES", "[]", "LIANDONG_DATABASES：应为一组填写项"),
        ("NODES", "[", "LIANDONG_NODES：第 1 行第 2 列不是有效的 JSON"),
        ("NODES", '[{"code": "511500", "code": "511501", "name": "x"}]', "LIANDONG_NODES：「code」出现了两次"),
        ("NODES", '[{"code": "511500", "nmae": "x"}]', "LIANDONG_NODES[1].name：必须填写"),
        ("NODES", '[{"code": "511500", "name": "x", "site": "y"}]', "LIANDONG_NODES[1].site：没有这一项"),
        ("NODES", '[{"code": "5115", "name": "x"}]', "LIANDONG_NODES[1].code：格式不对"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(told: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, because: str) -> None:
    monkeypatch.setenv(f"LIANDONG_{name}", value)
    assert because in refused()


def test_a_setting_that_is_missing_is_one_sentence(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANDONG_KAFKA")
    assert "LIANDONG_KAFKA：必须填写" in refused()


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("[]", "应为一组填写项"),
        ("{}", "sites：必须填写"),
        (json.dumps({"sites": [REGISTERED], "site": []}), "site：没有这一项"),
        (json.dumps({"sites": [REGISTERED | {"adress": "x"}]}), "sites[1].adress：没有这一项"),
        (json.dumps({"sites": [REGISTERED | {"key": "xyz"}]}), "sites[1].key：格式不对"),
        (json.dumps({"sites": [REGISTERED | {"nodes": []}]}), "sites[1].nodes：太少"),
        ('{"sites": [], "sites": []}', "「sites」出现了两次"),
        ('{"sites": [', "第 1 行第 12 列不是有效的 JSON"),
    ],
)
def test_a_registry_of_another_form_is_one_sentence_naming_the_file(told: Path, content: str, because: str) -> None:
    (told / "registry.json").write_text(content)
    said = refused()
    assert because in said
    assert said.startswith(str(told / "registry.json"))


def test_a_key_or_accounts_that_cannot_be_read_are_one_sentence_naming_the_file(told: Path) -> None:
    (told / "site.key").write_text("no key")
    assert refused() == f"{told / 'site.key'} 不是 Ed25519 私钥（PEM，不加密）\n"
    (told / "site.key").unlink()
    assert refused() == f"{told / 'site.key'} 无法读取：文件不存在\n"
    create_key(told / "site.key")
    (told / "accounts.json").write_text("[{}]")
    assert refused().startswith(f"{told / 'accounts.json'}：第 1 个账户：")
    Accounts().save(told / "accounts.json")
    (told / "registry.json").unlink()
    assert "registry.json 无法读取：文件不存在" in refused()


def test_only_a_box_can_be_served() -> None:
    found = CliRunner().invoke(app, ["serve", "nothing"])
    assert (found.exit_code, "可运行：box" in found.stderr) == (2, True)
