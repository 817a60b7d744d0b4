"""How every command speaks: the console for people, and one sentence with an exit code where it cannot go on."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

import typer

from libs.terminal import Terminal, say

console: Final = Terminal()


def say_json(found: Any) -> None:
    """An object on stdout for programs, on one line; what a terminal would obey is escaped, as JSON itself does for the first 32 characters."""
    text = json.dumps(found, ensure_ascii=False)
    typer.echo(re.sub(r"[\x7f-\x9f]", lambda sign: f"\\u{ord(sign[0]):04x}", text))


def fail(sentence: str, code: int) -> NoReturn:
    """Ends the command with one clear sentence and `code`. 1: not running, 2: bad input, 3: something is wrong with the data."""
    say(sentence)
    raise typer.Exit(code)
