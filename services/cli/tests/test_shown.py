"""What sites answer is shown as it is: a name, a subject or a reason with brackets or escape sequences changes nothing on the terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from services.cli import app, imports, operate
from services.cli.saying import console
from services.cli.tests.test_clock import Site

EVIL = "[/bold]甲[red]\x1b[31m\x9b2J"
SHOWN = "[/bold]甲[red]\\x1b[31m\\x9b2J"
HEAD = {"sequence": 1, "relay_depth": 0, "source": "urn:liandong:511525:intake"}
ROW = {"heads": [HEAD], "cursors": [], "views_behind": [], "parked": 0, "time_in_doubt": EVIL}
ANSWERS: dict[str, Any] = {
    "/site/status": {"site": EVIL, "services": {EVIL: ROW}},
    "/site/parked": [{"service": EVIL, "number": 1, "where": EVIL, "sequence": 2, "subject": EVIL, "reason": EVIL}],
    "/site/verify": {"verified": False, "origins": [{"source": EVIL, "epoch": 1, "events": 1, "sequence": 2, "fault": EVIL}]},
}


class Box:
    """A box of one site that answers so."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.sites, self.folder = [site], folder


def run(monkeypatch: pytest.MonkeyPatch, *words: str, answer: httpx2.Response | None = None) -> tuple[int, str, str]:
    site = Site(lambda request: answer or httpx2.Response(200, json=ANSWERS[request.url.path]))
    monkeypatch.setattr(operate, "running_box", lambda: Box(site, Path("no-such-folder")))
    monkeypatch.setattr(console, "width", 300)
    found = CliRunner().invoke(app, list(words))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", found.stdout + found.stderr)
    return found.exit_code, found.stdout, found.stderr


@pytest.mark.parametrize(("words", "code", "times"), [(["status"], 0, 4), (["parked", "list"], 0, 4), (["verify"], 3, 2)])
def test_texts_of_a_site_are_shown_as_they_are(monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, times: int) -> None:
    ended, out, err = run(monkeypatch, *words)
    assert ended == code
    assert (out + err).count(SHOWN) == times, out + err


@pytest.mark.parametrize("words", [["status"], ["parked", "list"], ["verify"]])
def test_as_json_nothing_of_it_is_raw_either(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    assert "\\u009b2J" in run(monkeypatch, *words, "--json")[1]


def test_a_refusal_is_its_title_and_what_is_no_json_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = run(monkeypatch, "status", answer=httpx2.Response(403, json={"title": f"没有这项权限{EVIL}"}))
    assert refused == (2, "", f"511525 拒绝了：没有这项权限{SHOWN}\n")
    assert run(monkeypatch, "status", answer=httpx2.Response(502, text="<html>"))[2] == "511525 拒绝了：HTTP 502\n"
    other = run(monkeypatch, "status", answer=httpx2.Response(200, text="<html>"))
    assert (other[0], "的回答不是 JSON" in other[2]) == (1, True)


def test_a_report_of_an_import_is_shown_as_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 300)
    row = {"row": 2, "column": EVIL, "value": EVIL, "reason": EVIL}
    counts = dict.fromkeys(("rows", "landed", "new", "changed", "unchanged"), 1)
    imports.show({**counts, "set_aside": [row], "agencies_set_aside": [], "note": EVIL, "notes": [EVIL]})
    assert capsys.readouterr().out.count(SHOWN) == 4


def test_what_is_wrong_with_the_site_itself_is_told_beside_its_services(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = {"source": "urn:liandong:511525:intake", "epoch": 1, "sequence": 7, "because": "odd"}
    answer = {"site": "511500", "loops_down": ["hear intake", "link task 0"], "views_stopped": {"hub city": stands}, "away": ["Kafka"]}
    out = run(monkeypatch, "status", answer=httpx2.Response(200, json={**answer, "services": {}}))[1]
    assert "511500：连不上 Kafka；恢复后自动继续\n" in out
    assert "511500：部署 有停下待重启的工作：hear intake、link task 0；原因见部署的日志\n" in out
    assert "511500：部署 的视图 hub city 停在 urn:liandong:511525:intake 第 7 号之前：odd；其余照常，升级后自动接着显示\n" in out
