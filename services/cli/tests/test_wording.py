"""The command line speaks Chinese: its help, and whatever was typed wrong, in one sentence with 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from services.cli import app, wording

ROOT = typer.main.get_command(app)


def commands(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with the words that lead to it."""
    yield path, found
    if isinstance(found, TyperGroup):
        for name, inner in found.commands.items():
            yield from commands(inner, (*path, name))


ALL = list(commands(ROOT))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["due", "--lmit", "5wd"], "没有选项 --lmit；相近的有 --limit"),
        (["due", "--foo"], "没有选项 --foo"),
        (["staus"], "没有命令 staus；相近的有 status"),
        (["nothing"], "没有命令 nothing"),
        (["parked", "retry"], "缺少参数 site"),
        (["due", "2007-09-10", "2007-09-11"], "多出了参数 2007-09-11"),
        (["due", "--limit"], "选项 --limit 后面缺少值"),
        (["due", "--json=x"], "选项 --json 不带值"),
        (["parked", "dismiss", "511525", "intake", "x"], "numbers 应为整数"),
        (["status", "--json", "--json"], "--json 出现了两次，只能给一次"),
        (["verify", "\x1b[31m"], "多出了参数 \\x1b[31m"),
    ],
)
def test_what_was_typed_wrong_is_one_chinese_sentence_and_ends_with_two(words: list[str], said: str) -> None:
    found = CliRunner().invoke(app, words)
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", f"{said}；用法见 --help\n")


def test_a_sentence_nobody_foresaw_is_told_within_one_of_ours() -> None:
    assert wording.in_chinese("Something else.") == "命令写得不对（Something else.）；用法见 --help"
    assert wording.in_chinese("已经是中文") == "已经是中文"

    assert wording.in_chinese("Missing option '--node'.") == "缺少选项 --node；用法见 --help"


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "liandong" for path, _ in ALL])
def test_help_is_chinese_for_every_command_option_and_argument(path: tuple[str, ...], command: Any) -> None:
    found = CliRunner().invoke(app, [*path, "--help"])
    assert found.exit_code == 0
    assert not re.search(r"Usage|Options|Commands|Arguments|Show this|\[default|\[required|OPTIONS|COMMAND", found.stdout), found.stdout
    told = {param.name: getattr(param, "help", "") for param in command.params}
    assert [name for name, text in told.items() if not re.search(r"[\u4e00-\u9fff]", text or "")] == []
    assert re.search(r"[\u4e00-\u9fff]", command.help or ""), path


def test_every_command_is_of_our_classes() -> None:
    assert {type(command).__name__ for _, command in ALL} == {"ChineseCommand", "ChineseCommands"}


def test_a_group_without_a_command_shows_its_help_and_ends_with_two() -> None:
    found = CliRunner().invoke(app, ["parked"])
    assert (found.exit_code, "用法：liandong parked" in found.stdout.replace("root", "liandong")) == (2, True)
