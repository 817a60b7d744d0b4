"""Reads that are recorded: each of an auditor's, before it is answered; where nothing records it, it is refused."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from fastapi import FastAPI

from libs.web.accounts import NotAllowed

NOT_RECORDED = "审计人员的每次查阅都须记录，本节点部署尚不能记录，暂不能查阅"


class WatchedRead(NamedTuple):
    """Somebody reads: their staff number, by which act, at which node ("": at several), and the path, without what was asked behind it."""

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


def record_reads(app: FastAPI, reads: Reads) -> None:
    """From now on the application records by `reads`."""
    app.state.reads = reads
