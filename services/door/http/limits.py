"""Rate limits that hold over processes: a bucket per name and key, filled and asked in one statement."""

from __future__ import annotations

import math
from hashlib import sha256
from typing import Final

from libs.database import Pool
from libs.web import RATES

_WAIT: Final = """
with mine as (select statement_timestamp() as time), took as (
    insert into rate as known (name, key, until) select $1, $2, time + $3::interval from mine
    on conflict (name, key) do update
    set until = greatest(known.until, excluded.until - $3::interval) + $3::interval
    where greatest(known.until, excluded.until - $3::interval) + $3::interval <= excluded.until - $3::interval + $4::interval
    returning true
)
select case when exists (select from took) then 0.0
            else greatest(extract(epoch from (select until from rate where name = $1 and key = $2) + $3::interval - $4::interval - time), 0.1)
       end::float8
from mine"""
"""A row says until when what was taken is not forgotten yet; who would be further ahead than $4 waits, and is not counted."""


class StoredLimits:
    """`Limits` in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def wait(self, name: str, key: str) -> int:
        """Count one for `key`: 0 when it may go on, else the whole seconds to wait."""
        rate, digest = RATES[name], sha256(key.encode("utf-8", "surrogatepass")).digest()
        seconds: float = await self._pool.fetchval(_WAIT, name, digest, rate.each, rate.whole)
        return math.ceil(seconds)
