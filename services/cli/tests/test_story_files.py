"""What is no story: every fault of a file ends with 2 and one sentence that names its place; and the calendar beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.tests.stories import ACCEPTED, FILED, PROCEDURE, STAFF, act, run, said, story

# --- what is no story -------------------------------------------------------------------------------------------------------------------

FAULTS: Final = [
    (story(FILED, aktes=[]), "aktes：没有这一项"),
    (story(FILED, procedure={**PROCEDURE, "promissed_days": 5}), "procedure.promissed_days：没有这一项"),
    (story(FILED, item={"item": "511A00001", "name": "取水许可"}), "item.type_code：必须填写"),
    (story(FILED, procedure={**PROCEDURE, "statutory_days": "20"}), "procedure.statutory_days：应为整数"),
    (story(FILED, {**ACCEPTED, "who": "C0117"}), "acts[2].who：没有这一项"),
    (story(FILED, act("2007-03-05T10:00", "C0117", "acceptance", reasons="")), "acts[2].with.reasons：没有这一项"),
    (story(act("2007-03-05T09:00", "C0117", "file", item="511A00001")), "acts[1].with.channel：必须填写"),
    (story(FILED, act("2007-03-06T09:00", "E0201", "steps/start", name="审查", nam="")), "acts[2].with.nam：没有这一项"),
    (story(FILED, {**ACCEPTED, "with": []}), "acts[2].with：应为一组填写项"),
    (story(FILED, {**ACCEPTED, "act": "accept"}), "acts[2].act：没有「accept」这个行为；有：file、acceptance、"),
    (story(FILED, {**ACCEPTED, "at": "2007-03-05T10:00"}), "acts[2].at：应为带时区的时间"),
    (story(FILED, {**ACCEPTED, "at": "2007-02-30T10:00:00+08:00"}), "acts[2].at：没有这一时刻"),
    (story(FILED, {**ACCEPTED, "at": "2007-03-05T08:59+08:00"}), "acts[2].at：早于前一个行为"),
    (story(FILED, until="2007-03-05T08:00+08:00"), "until：早于前一个行为"),
    (story(FILED, until="2061-01-01T08:00+08:00"), "until：2061-01-01 不在日历内"),
    (story({**FILED, "at": "2003-03-05T08:59+08:00"}), "acts[1].at：2003-03-05 不在日历内"),
    (story(ACCEPTED), "acts[1].act：故事从收件（file）开始"),
    (story(FILED, {**FILED, "at": "2007-03-06T09:00+08:00"}), "acts[2].act：一个故事只讲一个办件"),
    (story(), "acts：太少"),
    (story(FILED, node="5115"), "node：格式不对"),
    (story(FILED, staff=[{"staff": "C0117", "grants": [{"post": "boss"}]}]), "staff[1].grants[1].post：不在可选范围内"),
    (story(FILED, staff=[{"staff": "A9001", "grants": [{"post": "auditor"}]}]), "staff[1].grants[1]：审计人员的授权须有截止日期"),
    (story(FILED, staff=[STAFF[0], STAFF[0]]), "staff：C0117 出现了两次"),
    (story({**FILED, "by": ""}), "acts[1].by：太短或为空"),
    (story(FILED, calendar="none.csv"), "calendar：none.csv 无法读取：文件不存在"),
    (story(FILED, calendar="x" * 400), "x 无法读取：名称太长"),
    (
        story(FILED, ACCEPTED, act("2007-03-06T09:00", "E0201", "steps/hand-over", to="E0202", reasons=" ")),
        "acts[3].with.reasons：太短或为空",
    ),
    ({"node": "511525", "acts": [FILED]}, "procedure：必须填写"),
    ('{"node": "511525", "node": "511526"}', "「node」出现了两次"),
    ("{", "第 1 行第 2 列不是有效的 JSON"),
    ("[]", "应为一组填写项"),
]

LONG: Final = [{"name": f"{n:02}" + "图" * 498} for n in range(50)]


@pytest.mark.parametrize(("told", "because"), FAULTS, ids=[because for _, because in FAULTS])
def test_a_file_it_cannot_read_ends_with_2_and_one_sentence_that_names_the_place(tmp_path: Path, told: Any, because: str) -> None:
    for words in ([], ["--json"]):
        code, out, err = run(tmp_path, told, *words)
        assert (code, out, err.count("\n"), because in err) == (2, "", 1, True), err


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["story", str(tmp_path / "none.json")])
    assert (found.exit_code, found.stdout, found.stderr.count("\n"), "无法读取" in found.stderr) == (2, "", 1, True)


def test_a_procedure_that_no_record_can_hold_ends_with_2(tmp_path: Path) -> None:
    steps = [{"name": f"{n:02}" + "审" * 498, "post": "岗" * 500} for n in range(58)] + PROCEDURE["steps"]
    cited = dict.fromkeys(("statutory_days", "extension_days"), "法" * 2000)
    longest = {**PROCEDURE, "basis": "据" * 2000, "special": cited, "steps": steps, "materials": LONG}
    code, out, err = run(tmp_path, story(FILED, procedure=longest))
    assert (code, out, err.count("\n"), "一条记录放不下" in err) == (2, "", 1, True), err


# --- the calendar -----------------------------------------------------------------------------------------------------------------------


def test_a_calendar_beside_the_story_is_the_one_by_which_days_are_counted(tmp_path: Path) -> None:
    """6 March 2007 is made a holiday: everything that counts it falls due a day later."""
    (tmp_path / "ours.csv").write_text("date,holiday,is_workday,in_lieu_rest\n2007-03-06,节日,0,0\n2008-01-01,元旦,0,0\n", encoding="utf-8")
    found = said(tmp_path, story(FILED, ACCEPTED, calendar="ours.csv"))
    assert [clock["due_date"] for clock in found["clocks"] if clock["kind"] == "promised"] == ["2007-03-20"]


def test_a_file_that_is_no_calendar_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_bytes(b"day\n2007-03-06\n")
    code, out, err = run(tmp_path, story(FILED, calendar="ours.csv"))
    assert (code, out, err.count("\n"), "calendar：ours.csv 第 1 行，「day」：没有这一列" in err) == (2, "", 1, True)
