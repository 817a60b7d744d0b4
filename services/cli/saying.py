"""How every command speaks: the console for people, and one sentence with an exit code where it cannot go on."""

from __future__ import annotations

from typing import Final, NoReturn

import typer

from libs.terminal import Terminal, say

console: Final = Terminal()


def fail(sentence: str, code: int) -> NoReturn:
    """Ends the command with one clear sentence and `code`. 1: not running, 2: bad input, 3: something is wrong with the data."""
    say(sentence)
    raise typer.Exit(code)
