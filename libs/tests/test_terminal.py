"""What a terminal is given: every text as it is written, no markup, nothing that a terminal would obey."""

from __future__ import annotations

import io

import pytest
from rich.panel import Panel
from rich.progress import Progress, TextColumn
from rich.table import Table
from rich.text import Text

from libs.terminal import Terminal, plain, say, table

EVIL = "[red]甲[/red] [/] [link=x]乙 :smile: \x1b[31m\x9b2J\x07\u202e\udc80"
SHOWN = "[red]甲[/red] [/] [link=x]乙 :smile: \\x1b[31m\\x9b2J\\x07\\u202e\\udc80"


def shown(thing: object) -> str:
    """What is printed of it, a coloured terminal assumed."""
    console = Terminal()
    console.file, console.width = io.StringIO(), 200
    console.print(thing)
    found: str = console.file.getvalue()
    return found


def evil() -> Table:
    found = Table(EVIL, title=EVIL)
    found.add_row(EVIL)
    return found


@pytest.mark.parametrize(
    ("thing", "times"), [(EVIL, 1), (evil(), 3), (Panel(EVIL), 1), (Terminal().status(EVIL), 1)], ids=["text", "table", "panel", "status"]
)
def test_a_text_is_shown_as_it_is(thing: object, times: int) -> None:
    said = shown(thing)
    assert said.count(SHOWN) == times, said
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(said)


def test_a_text_that_was_made_elsewhere_is_shown_so_too() -> None:
    said = shown(Text(f"{EVIL}", "bold"))
    assert SHOWN.replace("\\x07", "") in said, "rich leaves the bell out by itself"
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(said)


def test_the_words_of_a_progress_bar_are_no_markup() -> None:
    console = Terminal()
    console.file, console.width = io.StringIO(), 200
    with Progress(TextColumn("{task.description}", markup=False), console=console) as bar:
        bar.add_task("[red]甲[/]", total=1)
    assert "[red]甲[/]" in console.file.getvalue()


def test_lines_and_tabs_stay_and_sentences_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain("甲\n\t乙") == "甲\n\t乙"
    say(EVIL)
    assert capsys.readouterr() == ("", f"{SHOWN}\n")


def test_a_cell_is_shown_whole_however_narrow_the_terminal() -> None:
    rows, reason = table("行", "原因", right=("行",)), "编码被表格软件当作数字，末几位已失真；请把该列设为文本，再从原系统重新导出"
    rows.add_row("6", reason)
    console = Terminal()
    console.file, console.width = io.StringIO(), 40
    console.print(rows)
    cells = [line.split("│")[2].strip() for line in console.file.getvalue().splitlines() if line.startswith("│")]
    assert "".join(cells) == reason
