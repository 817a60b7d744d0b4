"""What was read by posts that only read, until a day that is said: a row is there before the answer is. Who asks about it is shown the newest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from libs.database import Pool
from libs.web import PageSize, Reads, WatchedRead, answer, require

LONGEST: Final = 2000
"""Characters of a path, as they are kept; whoever asks makes them up."""
_RECORD: Final = "insert into watched_read (staff, act, node, path) values ($1, $2, $3, $4)"
_NEWEST: Final = "select at, staff, act, node, path from watched_read order by number desc limit $1"


def recording(pool: Pool) -> Reads:
    """`Reads` in PostgreSQL."""

    async def record(reading: WatchedRead, /) -> None:
        await pool.execute(_RECORD, reading.staff, reading.act, reading.node, kept(reading.path))

    return record


def kept(path: str) -> str:
    """A path as PostgreSQL takes it: neither endless nor with a NUL or half a character in it."""
    return path[:LONGEST].encode("utf-8", "replace").decode().replace("\0", "\ufffd")


async def newest(pool: Pool, limit: int) -> Sequence[tuple[datetime, WatchedRead]]:
    """The newest reads, newest first, with the moment of each."""
    return [(row["at"], WatchedRead(row["staff"], row["act"], row["node"], row["path"])) for row in await pool.fetch(_NEWEST, limit)]


class WatchedReadAnswer(BaseModel):
    """Who read by a post that only reads: by which act, at which node, which path."""

    at: datetime
    staff: str
    act: str
    node: str
    path: str


class WatchedReads(BaseModel):
    """The newest reads, newest first."""

    reads: Annotated[list[WatchedReadAnswer], Field(max_length=500)]


def reads_router(pool: Pool) -> APIRouter:
    """`GET /door/reads`, for who has to answer for the site."""
    router = APIRouter(prefix="/door", tags=["door"])

    @router.get("/reads", response_model=WatchedReads, dependencies=[Depends(require("door.read-watched-reads"))])
    async def reads(limit: PageSize = 100) -> Response:
        return answer({"reads": [{"at": at, **one._asdict()} for at, one in await newest(pool, limit)]})

    return router
