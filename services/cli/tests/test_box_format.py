"""A box of an older or a newer version is told in one sentence, with what to do; every command that reads the box ends with 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.onebox import FORMAT, OneBox

COMMANDS = [
    ["up", "--no-seed", "--once"],
    ["status"],
    ["verify"],
    ["migrate"],
    ["parked", "list"],
    ["parked", "retry", "511525", "deadline"],
    ["parked", "dismiss", "511525", "deadline", "1"],
    ["clock", "confirm", "511525"],
    ["import", "items", "items.csv", "--node", "511525"],
    ["replay", "log.csv"],
]
HEADER = "case:concept:name,case:channel,case:deadline,case:enddate,case:enddate_planned,case:responsible,case:startdate"
ROW = "c1,Desk,2011-01-20T00:00:00+01:00,,2011-01-10T00:00:00+01:00,R1,2011-01-01T00:00:00+01:00"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a box of before, and the files that the commands read first."""
    monkeypatch.setenv("LIANDONG_BOX", str(tmp_path / "box"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "items.csv").write_text("full_item_code,name\n1,2\n")
    (tmp_path / "log.csv").write_text(f"{HEADER},concept:name,org:resource,time:timestamp\n{ROW},T02 x,R1,2011-01-02T00:00:00+01:00\n")
    (tmp_path / "box").mkdir()
    return tmp_path / "box"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("kept", [{"sites": []}, {"format": FORMAT - 1, "sites": []}, {"format": FORMAT + 1}, {"format": "x"}])
def test_a_box_of_another_format_is_told_with_what_to_do(box: Path, words: list[str], kept: dict[str, object]) -> None:
    (box / "box.json").write_text(json.dumps(kept))
    found = CliRunner().invoke(app, words)
    assert (found.exit_code, found.stdout.strip()) == (2, "")
    assert len(found.stderr.strip().splitlines()) == 1
    assert "liandong down --erase" in found.stderr
    assert ("旧格式" in found.stderr) == (kept.get("format", 1) in range(1, FORMAT))
    assert json.loads((box / "box.json").read_text()) == kept, "nothing is touched"


SITE = {
    "code": "511525",
    "nodes": [{"code": "511525", "name": "高县", "parent": "511500"}],
    "port": 8080,
    "tokens": {"clerk": "x"},
    "passwords": {},
}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("", "第 1 行第 1 列不是有效的 JSON"),
        (json.dumps({"format": FORMAT, "sites": []}), "sites：太少"),
        (json.dumps({"format": FORMAT, "sites": [SITE | {"nodes": []}]}), "sites[1].nodes：太少"),
        ('{"format": true, "sites": []}', "format：应为整数"),
        ('{"format": 3, "sites": [', "不是有效的 JSON"),
        ("[]", "应为一组填写项"),
        (json.dumps({"format": FORMAT}), "sites：必须填写"),
        (json.dumps({"format": FORMAT, "sites": [SITE], "site": []}), "site：没有这一项"),
        (json.dumps({"format": FORMAT, "sites": [SITE | {"port": "8080"}]}), "sites[1].port：应为整数"),
        (json.dumps({"format": FORMAT, "sites": [SITE | {"nodes": [{"code": "511525"}]}]}), "sites[1].nodes[1].name：必须填写"),
        (json.dumps({"format": FORMAT, "sites": [SITE | {"toknes": {}}]}), "sites[1].toknes：没有这一项"),
        (f'{{"format": {FORMAT}, "sites": [], "sites": []}}', "「sites」出现了两次"),
    ],
)
def test_a_broken_or_misspelt_file_of_the_box_is_told_by_file_and_place(box: Path, words: list[str], content: str, because: str) -> None:
    (box / "box.json").write_text(content)
    found = CliRunner().invoke(app, words)
    assert (found.exit_code, found.stdout.strip(), len(found.stderr.splitlines())) == (2, "", 1), found
    assert str(box / "box.json") in found.stderr
    assert because in found.stderr
    assert (box / "box.json").read_text() == content, "nothing is touched"


def test_what_the_sentence_says_helps(box: Path) -> None:
    (box / "box.json").write_text(json.dumps({"sites": []}))
    assert CliRunner().invoke(app, ["down", "--erase"]).exit_code == 0
    assert OneBox(box).new


def test_a_node_that_no_site_hosts(box: Path) -> None:
    (box / "box.json").write_text(json.dumps({"format": FORMAT, "sites": [SITE]}))
    found = CliRunner().invoke(app, ["parked", "retry", "999999", "deadline"])
    assert (found.exit_code, "这里没有节点 999999" in found.stderr) == (2, True)
