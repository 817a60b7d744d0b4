"""The posts there are, what people call them, and which of them may do which act: `contracts/authority.toml`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parents[2] / "contracts" / "authority.toml"


class Post(StrEnum):
    """Where somebody works, and so what the law lets them do. `SITE` is the machine of a site: no person's post."""

    CITIZEN = "citizen"
    CLERK = "clerk"
    STATION_CLERK = "station-clerk"
    EXAMINER = "examiner"
    APPROVER = "approver"
    CHIEF_REPRESENTATIVE = "chief-representative"
    FEE_CLERK = "fee-clerk"
    EDITOR = "editor"
    CENTRE_MANAGER = "centre-manager"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    SITE = "site"


READ_ONLY: Final = frozenset({Post.AUDITOR})
"""Posts that read until a day that is said, and do nothing else; each of their reads is recorded."""


@dataclass(frozen=True, slots=True)
class ActRow:
    """What may be done: its name `<service>.<what>`, what people call it, the posts that may; `reads`: it changes nothing. `within`: it is asked
    besides these acts, for what is done with them, and by no route itself.
    """

    name: str
    word: str
    posts: tuple[Post, ...]
    reads: bool
    within: tuple[str, ...] = ()


def act_rows(said: Mapping[str, Any]) -> Mapping[str, ActRow]:
    """The acts of a table. Raises `ValueError` for a post that may only read and is given more, and for a post that there is not."""
    rows = [_row(name, row, reads=reads) for table, reads in (("acts", False), ("reads", True)) for name, row in said[table].items()]
    if wrong := [row.name for row in rows if not row.reads and READ_ONLY.intersection(row.posts)]:
        raise ValueError(f"{'、'.join(wrong)} 不是查阅，不能授予只能查阅的岗位")
    return {row.name: row for row in rows}


def _row(name: str, said: Mapping[str, Any], *, reads: bool) -> ActRow:
    return ActRow(name, said["word"], tuple(map(Post, said["posts"])), reads, tuple(said.get("within", ())))


_SAID: Final = tomllib.loads(_FILE.read_text(encoding="utf-8"))
POSTS: Final[Mapping[Post, str]] = {Post(name): word for name, word in _SAID["posts"].items()}
"""Every post, and what people call it."""
ACTS: Final = act_rows(_SAID)
"""Every act that somebody may be asked whether they may do it, by its name."""
