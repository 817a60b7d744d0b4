"""`liandong story FILE` for people: lines in Chinese words, what time did under one head, and how the case came out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.cli.tests.stories import ACCEPTED, APPROVED, DECIDED, EXAMINED, FILED, PROCEDURE, STAFF, act, run, said, story


def test_a_telling_for_people_has_times_of_china_chinese_words_and_articles(tmp_path: Path) -> None:
    early = act("2007-03-05T11:00", "A0301", "decision", outcome="granted", document="宜水许[bold]〔2007〕5号")
    code, out, err = run(tmp_path, story(FILED, ACCEPTED, early, *EXAMINED, *APPROVED, {**early, "at": "2007-03-09T09:00+08:00"}))
    assert (code, err) == (0, "")
    said_lines = out.splitlines()
    assert said_lines[:3] == ["2007-03-05 09:00 C0117 收件", "    【办件】收件", "    【时限】时限起算：补正告知 · 到期日 2007-03-12"]
    assert "    不能办理 [not-approved] 尚未核准，不能作出决定（P-examine-approve）" in said_lines
    assert "    【办件】决定：准予 · 宜水许[bold]〔2007〕5号" in "\n".join(said_lines)
    assert "结果（截至 2007-03-09 09:00）" in said_lines
    assert "    办件 511525-20070305-000001-3：已决定（准予）" in said_lines
    assert "    时限：承诺，到期日 2007-03-19，已结束（2007-03-09 09:00），按时" in said_lines


def test_a_telling_for_people_says_what_time_did_and_the_cards(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, story(FILED, ACCEPTED, {**ACCEPTED, "at": "2007-03-05T11:00+08:00"}, until="2007-03-09T00:00+08:00"))
    assert "2007-03-05 11:00 C0117 受理\n    已经如此，没有变化\n" in out
    assert (
        "2007-03-09 00:00 时间到了\n    【时限】超过期限：环节 1 · 县水利局 · 审查岗 · 无人承办 · 到期日 2007-03-08\n    【监察】发牌：红牌 · "
        in out
    )
    assert "，计时中，已超期；到期提醒 2007-03-07 00:00、临近期限 2007-03-08 00:00、超过期限 2007-03-09 00:00\n" in out
    assert out.splitlines()[-1] == "    红牌：2007-03-09 00:00 环节 1 · 县水利局 · 审查岗 · 无人承办"


def test_a_telling_for_people_of_a_procedure_that_the_law_forbids(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, story(FILED, procedure={**PROCEDURE, "statutory_days": 21}))
    assert (code, out.splitlines()[0], out.splitlines()[-1]) == (0, "2007-03-05 00:00 故事 公布实施办法", "    办件：没有收件")


def test_what_time_does_at_one_instant_stands_under_one_head(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, story(FILED, ACCEPTED, until="2007-04-10T09:00+08:00"))
    heads = [line for line in out.splitlines() if line.endswith(" 时间到了")]
    assert len(heads) == len(set(heads))
    assert "2007-03-30 00:00 时间到了" in heads


def test_silence_says_since_when_the_case_is_accepted(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, story(FILED, until="2007-03-13T09:00+08:00"))
    assert "    【办件】受理：逾期视为受理 · 自 2007年3月5日 起受理\n" in out
    assert "    【时限】时限结束：补正告知 · 超期 · 到期日 2007-03-12\n" in out


def test_a_red_that_comes_again_says_how_long_it_is_overdue_and_so_does_its_card(tmp_path: Path) -> None:
    """The promise is due on Monday 19 March; five working days are over at the end of Monday the 26th, ten on 2 April."""
    _, out, _ = run(tmp_path, story(FILED, ACCEPTED, until="2007-04-03T09:00+08:00"))
    reds = [
        line.split(" · 县水利局")[0]
        for line in out.splitlines()
        if "承诺 · 县水利局" in line and ("超过期限" in line or "发牌：红牌" in line)
    ]
    assert reds == [
        "    【时限】超过期限：承诺",
        "    【监察】发牌：红牌 · 承诺",
        "    【时限】超过期限：仍未办结，已超期 5 个工作日 · 承诺",
        "    【监察】发牌：红牌 · 仍未办结，已超期 5 个工作日 · 承诺",
        "    【时限】超过期限：仍未办结，已超期 10 个工作日 · 承诺",
        "    【监察】发牌：红牌 · 仍未办结，已超期 10 个工作日 · 承诺",
    ]
    assert "    红牌：2007-03-27 00:00 承诺 · 县水利局 · 审查岗 · 无人承办 · 仍未办结，已超期 5 个工作日\n" in out
    assert "、超过期限 2007-03-20 00:00（又 2 次，至 2007-04-03 00:00）\n" in out


def test_a_clock_that_ended_when_it_began_is_left_out_for_people_alone(tmp_path: Path) -> None:
    noticed = act("2007-03-06T10:00", "C0117", "corrections-notice", missing=["平面图"])
    back = act("2007-03-07T10:00", "C0117", "corrections-return")
    told = story(FILED, noticed, back)
    _, out, _ = run(tmp_path, told)
    assert ("补正告知 2" in out, "补正告知，" in out) == (False, True)
    assert [clock["kind"] for clock in said(tmp_path, told)["clocks"]].count("correction") == 2


@pytest.mark.parametrize(
    ("acts", "ending"),
    [
        ([], "已收件"),
        ([act("2007-03-06T09:00", "C0117", "refusal-to-accept", reason="not-required", explanation="不用水")], "不予受理"),
        (
            [
                act("2007-03-06T09:00", "C0117", "refusal-to-accept", reason="not-required", explanation="不用水"),
                act("2007-03-06T10:00", "C0117", "close"),
            ],
            "已办结（不予受理）",
        ),
        ([act("2007-03-06T09:00", "C0117", "withdrawal"), act("2007-03-06T10:00", "C0117", "close")], "已办结（已撤回）"),
        ([ACCEPTED, *EXAMINED, *APPROVED, DECIDED], "已决定（准予）"),
    ],
)
def test_the_end_says_how_the_case_came_out(tmp_path: Path, acts: list[dict[str, Any]], ending: str) -> None:
    _, out, _ = run(tmp_path, story(FILED, *acts))
    assert f"\n    办件 511525-20070305-000001-3：{ending}\n" in out


def test_what_will_not_happen_is_measured_no_more(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, story(FILED, act("2007-03-06T09:00", "C0117", "withdrawal")))
    assert "    【时限】不再计时：补正告知\n" in out
    assert "    时限：补正告知，到期日 2007-03-12，不再计时（2007-03-06 09:00）\n" in out


def test_who_may_not_learns_who_may(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, story(FILED, act("2007-03-05T10:00", "E0201", "acceptance"), staff=STAFF))
    assert "    不能办理 [not-allowed] E0201：没有「受理」的授权；由窗口受理人员、首席代表办理\n" in out


# --- what other commands do without ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["due", "2007-03-05", "--limit", "10wd"]])
def test_other_commands_do_not_bring_the_runner_of_stories(words: list[str]) -> None:
    code = "import sys; from typer.testing import CliRunner; from services.cli import app\n"
    code += f"found = CliRunner().invoke(app, {words!r}); print(found.exit_code, [name for name in sys.modules if name.startswith('libs.story')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "0 []\n"
