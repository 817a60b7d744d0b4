"""`liandong keys …`: a real key file, and a vault that says over HTTP which key wraps how much."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from libs.vault import Keyring, add_key, create_keys
from services.cli import app, keys


class VaultSite:
    """A site whose vault wraps so many data keys by each key; `most` are wrapped anew in one request, as where one is cut short."""

    code, address = "511525", "http://site"

    def __init__(self, folder: Path, most: int = 1000) -> None:
        self.vault_keys, self.most = folder / "vault.keys", most
        create_keys(self.vault_keys)
        self.keyring = Keyring(self.vault_keys)
        self.wraps = {self.keyring.newest: 3}

    def client(self, **_how: object) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        there = self.keyring.read()
        if request.method == "GET":
            named = sorted(there.wrapping | self.wraps.keys())
            rows = [
                {"kek": k, "wraps": self.wraps.get(k, 0), "newest": k == there.newest, "missing": k not in there.wrapping} for k in named
            ]
            return httpx2.Response(200, json={"keys": rows})
        old = {kek: many for kek, many in self.wraps.items() if kek != there.newest}
        done = min(sum(old.values()), self.most)
        left = sum(old.values()) - done
        self.wraps = {there.newest: self.wraps.get(there.newest, 0) + done, **({next(iter(old)): left} if left else {})}
        return httpx2.Response(200, json={"rewrapped": done, "left": left})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VaultSite:
    made = VaultSite(tmp_path)
    monkeypatch.setattr(keys, "running_box", lambda: SimpleNamespace(sites=[made]))
    return made


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["keys", *words])


def test_a_key_is_added_everything_is_wrapped_anew_and_then_the_old_one_may_go(site: VaultSite) -> None:
    old = site.keyring.newest
    found = run("rotate", "--vault", "--json")
    new = site.keyring.newest
    assert (found.exit_code, json.loads(found.stdout)) == (0, {"511525": {"kek": new, "added": True, "rewrapped": 3}})
    assert site.keyring.read().wrapping == {old, new}, "both stand side by side"
    gone = run("drop", "--vault", "--json")
    assert (gone.exit_code, json.loads(gone.stdout)) == (0, {"511525": [old]})
    assert site.keyring.read().wrapping == {new}
    assert "没有旧密钥" in run("drop", "--vault").stdout


def test_a_rotation_that_was_cut_short_is_gone_on_with(site: VaultSite) -> None:
    site.most = 2
    cut = run("rotate", "--vault")
    assert (cut.exit_code, "还有 1 份由旧密钥包裹" in cut.stderr) == (3, True)
    there = site.keyring.read().wrapping
    assert len(there) == 2
    kept = run("drop", "--vault")
    assert (kept.exit_code, "先运行 liandong keys rotate --vault" in kept.stderr) == (3, True)
    again = run("rotate", "--vault")
    assert again.exit_code == 0, again.stderr
    assert "接着上次" in again.stdout
    assert site.keyring.read().wrapping == there, "no third key"


def test_a_key_that_is_missing_is_said_before_anything_is_done(site: VaultSite) -> None:
    site.wraps["k0000000000000000"] = 1
    for word in ("rotate", "drop"):
        found = run(word, "--vault")
        assert (found.exit_code, "缺少密钥 k0000000000000000" in found.stderr) == (3, True)
    assert len(site.keyring.read().wrapping) == 1


def test_a_file_that_cannot_be_is_one_sentence(site: VaultSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_uses", lambda _site: [])
    site.vault_keys.write_text("[")
    found = run("rotate", "--vault")
    assert (found.exit_code, len(found.stderr.splitlines())) == (3, 1)


def test_which_keys_are_meant_has_to_be_said(site: VaultSite) -> None:
    for word in ("rotate", "drop"):
        assert (run(word).exit_code, "--vault" in run(word).stderr) == (2, True)
    assert add_key(site.vault_keys) == site.keyring.newest
