"""A file of cases is read strictly and shown as it is; what is typed has one form only."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli import app

GOOD = {"id": "X", "start": "2007-09-10", "limit_working_days": 5}
BACK = {"id": "B", "event_date": "2007-10-15", "working_days_before": 7}
HAN = re.compile(r"[\u4e00-\u9fff]")


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["due", *words])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.stdout, found.stderr


def written(folder: Path, content: Any) -> str:
    file = folder / "cases.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(file)


def refused(*words: str) -> str:
    code, out, err = run(*words)
    assert (code, out, len(err.splitlines())) == (2, "", 1), (code, out, err)
    assert HAN.search(err)
    return err


@pytest.mark.parametrize(
    "name", ["[/bold]甲", "[red]乙[/red]", "丙[/]", "[link=x]丁", ":smile:", "[1]", "某某区行政审批局二〇〇七年第十三号件", 98765]
)
def test_an_id_is_shown_as_it_is_written(tmp_path: Path, name: Any) -> None:
    file = written(tmp_path, {"cases": [GOOD | {"id": name}], "backward_cases": [BACK | {"id": name}]})
    code, out, _ = run("--file", file)
    assert code == 0
    assert out.count(str(name)) == 2
    assert [row["id"] for row in json.loads(run("--file", file, "--json")[1])] == [name, name]


@pytest.mark.parametrize(
    ("case", "named"),
    [
        ({"limit_workng_days": 5}, "案例 X：limit_workng_days：没有这一项"),
        ({"extension_workingdays": 5}, "案例 X：extension_workingdays：没有这一项"),
        ({"suspensions": [{"from": "2007-09-11", "to": "2007-09-12", "till": "x"}]}, "案例 X：suspensions[1].till：没有这一项"),
        ({"limit_working_days": 10**5}, "案例 X：limit_working_days：太大"),
        ({"start": "2007-9-10"}, "案例 X：start：应为日期或带时区的时刻"),
        ({"start": "20070910"}, "案例 X：start：应为日期或带时区的时刻"),
        ({"start": "2007-W37-1"}, "案例 X：start：应为日期或带时区的时刻"),
        ({"start": "2007-09-10T10:00:00"}, "案例 X：start：应为日期或带时区的时刻"),
        ({"start": "2007-02-30"}, "案例 X：start：没有这一天"),
        ({"start": "2007-09-10T25:00+08:00"}, "案例 X：start：没有这一时刻"),
        ({"suspensions": {}}, "案例 X：suspensions：应为列表"),
        ({"note": 5}, "案例 X：note：应为文字"),
        ({"id": True}, "id：应为文字或整数"),
        ({"id": "\u202eX"}, "看不见"),
        ({"id": "\x1b[31mX"}, "格式不对"),
        ({"checked_by_hand": "yes"}, "案例 X：checked_by_hand：应为是或否"),
        ({"working_days_before": 5}, "案例 X：working_days_before：没有这一项"),
    ],
)
def test_a_case_of_another_form_is_refused_by_case_and_key(tmp_path: Path, case: dict[str, Any], named: str) -> None:
    assert named in refused("--file", written(tmp_path, {"cases": [{**GOOD, **case}]}))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"cases": [GOOD | {"start": "2003-01-01"}]}, "cases.json：案例 X：2003-01-01 不在日历内"),
        ({"cases": [GOOD | {"limit_working_days": 9999, "start": "2055-01-03"}]}, "cases.json：案例 X：推算超出了日历"),
        ({"backward_cases": [BACK | {"event_date": "2004-01-05"}]}, "cases.json：案例 B：推算超出了日历"),
    ],
)
def test_what_the_calendar_does_not_reach_names_file_and_case(tmp_path: Path, content: dict[str, Any], named: str) -> None:
    assert refused("--file", written(tmp_path, content)).startswith(named)


def test_a_backward_case_and_the_file_itself_are_as_strict(tmp_path: Path) -> None:
    assert "案例 B：limit：没有这一项" in refused("--file", written(tmp_path, {"backward_cases": [BACK | {"limit": 3}]}))
    assert "backward_case：没有这一项" in refused("--file", written(tmp_path, {"cases": [GOOD], "backward_case": [BACK]}))
    assert "timezone" in refused("--file", written(tmp_path, {"cases": [GOOD], "timezone": "Europe/Paris"}))
    nameless = {name: value for name, value in GOOD.items() if name != "id"}
    assert "第 2 个案例：strat：没有这一项" in refused("--file", written(tmp_path, {"cases": [GOOD, nameless | {"strat": "x"}]}))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"cases": [{"id": "X", "start": "2007-09-10", "start": "2007-09-11", "limit_working_days": 5}]}', "「start」出现了两次"),
        ('{"cases": [], "cases": []}', "「cases」出现了两次"),
        ('{"cases": [{"id": "X", "start": "2007-09-10", "limit_working_days": 1e400}]}', "太大"),
        ('{"cases": [{"id": "X", "limit_working_days": NaN}]}', "NaN 不是数字"),
        ('{"cases": [\n}', "第 2 行"),
        ("[" * 100_000, "64 层"),
    ],
)
def test_json_that_two_programs_read_differently_is_refused_naming_the_file(tmp_path: Path, content: str, named: str) -> None:
    said = refused("--file", written(tmp_path, content))
    assert named in said
    assert "cases.json" in said


def test_a_file_that_cannot_be_opened_says_why_in_chinese(tmp_path: Path) -> None:
    assert "文件不存在" in refused("--file", str(tmp_path / "no[where].json"))
    assert "是文件夹" in refused("--file", str(tmp_path))
    (tmp_path / "gbk.json").write_bytes('{"cases": "案例"}'.encode("gbk"))
    assert "UTF-8" in refused("--file", str(tmp_path / "gbk.json"))


def test_no_escape_sequence_of_a_file_or_an_option_reaches_the_terminal(tmp_path: Path) -> None:
    for said in (
        refused("--file", written(tmp_path, {"cases": [GOOD | {"\x1b[2J": 1}]})),
        refused("2007-09-10", "--limit", "\x1b]0;x\x07"),
        refused("--file", str(tmp_path / "\x1b[31m\x9b1m.json")),
    ):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)


@pytest.mark.parametrize(
    "words",
    [
        ["2007-09-10", "--limit", "２０wd"],
        ["2007-09-10", "--limit", "٢wd"],
        ["2007-09-10", "--limit", "20WD"],
        ["2007-09-10", "--limit", " 20wd"],
        ["2007-09-10", "--extend", "１wd"],
        ["2007-9-1"],
        ["20070910"],
        ["2007-W01-1"],
        ["2007W011"],
        ["２００７-09-10"],
        ["2007-09-10T10:00:00"],
        ["2007-09-10 10:00:00+08:00"],
        ["2007-09-10T10+08:00"],
        ["2007-09-10T10:00:00+08"],
        ["2007-09-10T10:00:00+08:00:30"],
        ["2007-09-10", "--stop", "20070911..20070912"],
        ["2007-09-10", "--stop", "2007-W37-2..2007-W37-3"],
        ["2007-09-10", "--stop", "2007-09-11...2007-09-12"],
        ["2007-09-10", "--stop", "2007-09-12..2007-09-11"],
        ["2007-09-10", "--non-working-start", "AS_IS"],
    ],
)
def test_only_the_documented_forms_are_taken(words: list[str]) -> None:
    refused(*words)
    refused(*words, "--json")


@pytest.mark.parametrize(
    "words",
    [
        ["--limit", "5wd", "--limit", "10wd"],
        ["--extend", "5wd", "--extend=5wd"],
        ["--non-working-start", "as_is", "--non-working-start", "roll_forward"],
        ["--json", "--json"],
        ["--file", "a", "--file", "b"],
    ],
)
def test_an_option_that_stands_twice_is_refused(words: list[str]) -> None:
    assert "两次" in refused("2007-09-10", *words)
    assert run("2007-09-10", "--stop", "2007-09-11..2007-09-12", "--stop", "2007-09-12..2007-09-14")[0] == 0, "of stops there are many"
