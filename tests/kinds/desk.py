"""Where a person of the kinds sits: a folder of files, the command line, a list handed in, and a site that answers HTTP."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

from httpx2 import Response
from typer import Typer
from typer.testing import CliRunner

LIANDONG: Final[Typer] = entry_points(group="console_scripts")["liandong"].load()
"""The command as it is installed."""
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that a dry run sets aside."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a dry run reports of a list."""

    read: int
    land: int
    set_aside: tuple[Aside, ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> list[int]:
        """The numbers of the rows set aside, in order."""
        return [aside.row for aside in self.set_aside]


class Desk:
    """One person's desk. `asked` counts how often a door was used; `address`: an empty database, for kinds that need a server; `box`: where the
    command line looks for a box, and finds none unless a kind puts one there.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address, self.asked = folder, address, 0
        self.box = folder / "box"

    def keep(self, name: str, content: bytes | str) -> Path:
        """A file on the desk."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *words: str | Path, code: int = 0) -> str:
        """Types `liandong …`: what it says, on stdout where it does its work, else its one Chinese sentence. Never a stack trace."""
        self.asked += 1
        done = CliRunner().invoke(LIANDONG, [str(word) for word in words], env={"LIANDONG_BOX": str(self.box), "COLUMNS": "200"})
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert done.exit_code == code, done.stderr
        if code == 0:
            return done.stdout
        assert CHINESE.search(done.stderr), done.stderr
        assert code == 3 or (done.stdout, len(done.stderr.splitlines())) == ("", 1), done.output
        return done.stderr

    def dry_run(self, name: str, content: bytes | str) -> Report:
        """Reads a list without a box, as a clerk does before handing it in."""
        found = json.loads(self.run("import", "items", self.keep(name, content), "--dry-run", "--json"))
        assert set(found) == {"read", "land", "set_aside", "notes"}
        aside = tuple(Aside(**row) for row in found["set_aside"])
        assert all(CHINESE.search(row.reason) for row in aside)
        return Report(found["read"], found["land"], aside, tuple(found["notes"]))

    def list_refused(self, name: str, content: bytes | str) -> str:
        """The sentence with which a whole list is refused."""
        return self.run("import", "items", self.keep(name, content), "--dry-run", "--json", code=2)

    def log_refused(self, name: str, content: bytes | str, *how: str | Path) -> str:
        """The sentence with which a log is refused: it begins with the file."""
        said = self.run("replay", self.keep(name, content), *how, code=2)
        assert name in said
        return said

    def log_read(self, name: str, content: bytes | str, *how: str | Path) -> None:
        """A log is read to its end: what is missing then is only the box to send it to."""
        assert "scripts/up" in self.run("replay", self.keep(name, content), *how, code=1)

    def answered(self, answer: Response, status: int) -> Any:
        """What a request was answered, with the status it must have."""
        self.asked += 1
        assert answer.status_code == status, answer.text
        return answer.json()

    def refused(self, answer: Response) -> str:
        """The code with which a request was refused: the caller's fault, as a problem with a Chinese title."""
        self.asked += 1
        assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        assert CHINESE.search(answer.json()["title"])
        return str(answer.json().get("code", answer.status_code))


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Does asynchronous work in a loop and a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
