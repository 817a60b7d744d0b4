"""Reads that are recorded: each of an auditor's, before it is answered; where nothing records it, it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from fastapi import FastAPI

from libs.forms import CASE_NUMBER, CLOCK_NAME, NODE_CODE, SUBJECT_ID
from libs.web.accounts import NotAllowed

NOT_RECORDED = "审计人员的每次查阅都须记录，本节点部署尚不能记录，暂不能查阅"
_PLAIN: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(form) for name, form in {"node": NODE_CODE, "case": CASE_NUMBER, "clock": CLOCK_NAME, "subject": SUBJECT_ID}.items()
}
"""Parts of a path that name something of ours, when they are written so. Anything else in a path may be what somebody typed."""
_PART: Final = re.compile(r"\{(\w+)(:path)?\}")


class WatchedRead(NamedTuple):
    """Somebody reads: their staff number, by which act, at which node ("": at several), and the path, without what was asked behind it and
    without what could be anybody's data.
    """

    staff: str
    act: str
    node: str
    path: str


class Reads(Protocol):
    """Records a read as a fact, before it is answered. What it raises keeps the read from being answered."""

    async def __call__(self, reading: WatchedRead, /) -> None: ...


async def unrecorded(_reading: WatchedRead, /) -> None:
    """In place of a record where there is none. Raises `NotAllowed`."""
    raise NotAllowed(NOT_RECORDED)


class LateReads:
    """Records by what is told later: whoever is built before the record hands this on. Until then nothing is recorded, and so nothing read."""

    def __init__(self, reads: Reads = unrecorded) -> None:
        self.by = reads

    async def __call__(self, reading: WatchedRead, /) -> None:
        await self.by(reading)


def record_reads(app: FastAPI, reads: Reads) -> None:
    """From now on the application records by `reads`."""
    app.state.reads = reads


def path_kept(template: str, parts: Mapping[str, str]) -> str:
    """The path of a route as it is recorded: numbers and codes of ours as they were asked, any other part by its name alone."""
    return _PART.sub(lambda found: _kept(found[1], parts.get(found[1], "")), template)


def _kept(name: str, value: str) -> str:
    return value if name in _PLAIN and _PLAIN[name].fullmatch(value) else f"{{{name}}}"
