"""Stories for tests of `liandong story`: a licence of water, acts as the file has them, and the command as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from services.cli import app

PROCEDURE: Final[dict[str, Any]] = {
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


def act(at: str, by: str, part: str, /, **body: Any) -> dict[str, Any]:
    """An act as the file has it; a time without offset is one in China."""
    return {"at": f"{at}+08:00", "by": by, "act": part, **({"with": body} if body else {})}


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


ACCEPTED: Final = act("2007-03-05T10:00", "C0117", "acceptance")
EXAMINED: Final = (
    act("2007-03-06T09:00", "E0201", "steps/start", name="审查"),
    act("2007-03-07T11:00", "E0201", "steps/done", name="审查", recommends="granted"),
)
APPROVED: Final = (
    act("2007-03-07T15:00", "A0301", "steps/start", name="核准"),
    act("2007-03-07T16:00", "A0301", "steps/done", name="核准", outcome="granted"),
)
DECIDED: Final = act("2007-03-09T09:00", "A0301", "decision", outcome="granted", document="宜水许〔2007〕5号")
STAFF: Final = [{"staff": "C0117", "grants": [{"post": "clerk"}]}, {"staff": "E0201", "grants": [{"post": "examiner"}]}]
