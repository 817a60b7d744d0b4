"""`liandong story FILE` as somebody types it: a case told through the real rules, without servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from services.cli import app

PROCEDURE: Final = {
    "item": "511A00001",
    "kind": "promised",
    "statutory_days": 20,
    "promised_days": 10,
    "basis": "《取水许可和水资源费征收管理条例》",
    "steps": [
        {"name": "审查", "post": "审查岗", "role": "examine", "limit_days": 3},
        {"name": "核准", "post": "核准岗", "role": "approve", "limit_days": 1},
    ],
    "department": {"uscc": "11511301008778183N", "name": "县水利局"},
    "materials": [{"name": "申请书", "original": True}, {"name": "平面图", "copies": 2}],
    "suspensions": [{"reason": "hearing", "approver_post": "核准岗", "cap_days": 30}],
    "remedies": {
        "reconsider_at": "县人民政府",
        "reconsider_days": 60,
        "sue_at": "县人民法院",
        "sue_months": 6,
        "basis": "行政复议法第二十条，行政诉讼法第四十六条",
    },
}
FILING: Final = {"item": "511A00001", "channel": "counter", "materials": ["申请书"]}


def act(at: str, by: str, name: str, **body: Any) -> dict[str, Any]:
    """An act as the file has it; a time without offset is one in China."""
    return {"at": f"{at}+08:00", "by": by, "act": name, **({"with": body} if body else {})}


FILED: Final = act("2007-03-05T09:00", "C0117", "file", **FILING)


def story(*acts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A story of a county's case; `changes` replace what stands beside its acts, and what is None is left out."""
    told = {"node": "511525", "procedure": PROCEDURE, "acts": list(acts), **changes}
    return {name: value for name, value in told.items() if value is not None}


def run(folder: Path, told: Any, *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors for a story; a text is the file as it is."""
    file = folder / "story.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False), encoding="utf-8")
    found = CliRunner().invoke(app, ["story", str(file), *words])
    return found.exit_code, found.stdout, found.stderr


def said(folder: Path, told: Any) -> Any:
    """What `--json` says of a story that can be told."""
    code, out, err = run(folder, told, "--json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def test_a_case_is_told_with_its_facts_clocks_and_cards(tmp_path: Path) -> None:
    found = said(tmp_path, story(FILED, act("2007-03-05T10:00", "C0117", "acceptance"), until="2007-03-09T09:00+08:00"))
    assert list(found) == ["told", "phase", "clocks", "cards"]
    filing = found["told"][0]
    assert (filing["at"], filing["act"], filing["by"]) == ("2007-03-05T09:00:00+08:00", "file", "C0117")
    assert [(fact["service"], fact["type"]) for fact in filing["facts"]] == [("intake", "CaseFiled"), ("deadline", "ClockStarted")]
    assert found["phase"] == "accepted"


def test_a_refusal_is_told_with_its_code_and_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    early = act("2007-03-05T10:00", "A0301", "decision", outcome="granted", document="宜水许〔2007〕5号")
    found = said(tmp_path, story(FILED, early))
    assert found["told"][1]["refused"]["code"] == "not-approved"


@pytest.mark.parametrize("told", ["{", '{"node": "511525", "node": "511526"}', "[]"])
def test_a_file_that_is_no_story_ends_with_2(tmp_path: Path, told: str) -> None:
    code, out, err = run(tmp_path, told)
    assert (code, out, err.count("\n")) == (2, "", 1)
