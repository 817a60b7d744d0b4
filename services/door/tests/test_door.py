"""The door on real PostgreSQL: as every entrance; over two processes and a restart; what it keeps tells nothing; what has aged goes."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from libs.database import Pool, service_url
from libs.testkit.entrances import PLACE, TYPED, EntranceSuite, Standing
from libs.web import IDLE, KEPT_FORM, LONGEST_SESSION, RATES, Accounts
from services.door import ticker
from services.door.http import entrance
from services.door.ticker import sweep

pytestmark = pytest.mark.server
OLDER = (
    "update session set began = began - $1::interval, seen = seen - $1::interval",
    "update rate set until = until - $1::interval",
    "update kept_form set made = made - $1::interval",
)
OTHER = """
import asyncio, json, sys
from pathlib import Path
from libs.database import open_pool
from libs.web import Accounts
from services.door.http import entrance

async def main(url, accounts, cookie):
    door = entrance(await open_pool(url, "door"), Accounts.load(Path(accounts)))
    account = await door.sessions.reader(cookie)
    waits = [await door.limits.wait("sign-in", "a") for _ in range(80)]
    await door.sessions.end_all("C0122")
    print(json.dumps([account.staff if account else "", waits.count(0)]))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def stands(pool: Pool) -> Standing:
    """The door, whose rows can grow older."""

    async def pass_time(by: timedelta) -> None:
        for statement in OLDER:
            await pool.execute(statement, by)

    accounts = Accounts()
    return Standing(entrance(pool, accounts), accounts, pass_time)


class TestStored(EntranceSuite):
    """As every entrance."""


async def test_it_holds_over_two_processes(stands: Standing, database: str, tmp_path: Path) -> None:
    cookie, other = await stands.begun(), await stands.begun("C0122")
    stands.accounts.save(path := tmp_path / "accounts.json")
    most = RATES["sign-in"].most
    assert [await stands.entrance.limits.wait("sign-in", "a") for _ in range(4)] == [0] * 4
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER, service_url(database, "door"), str(path), cookie, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    staff, went_on = json.loads(said)
    assert staff == "C0117", "somebody who signed in here is known there"
    assert most - 4 <= went_on < most, "what was tried here counts there"
    assert await stands.who(other) == "", "who signs out everywhere there is gone here"
    assert await stands.who(cookie) == "C0117"


async def test_it_survives_a_restart(stands: Standing, pool: Pool) -> None:
    cookie = await stands.begun()
    again = Standing(entrance(pool, stands.accounts), stands.accounts, stands.pass_time)
    assert await again.who(cookie) == "C0117"


async def test_what_is_kept_tells_nothing(stands: Standing, pool: Pool) -> None:
    cookie = await stands.begun()
    await stands.entrance.limits.wait("sign-in", "10.1.2.3")
    key = await stands.entrance.forms.keep(cookie, PLACE, TYPED)
    kept = repr([await pool.fetch(f"select * from {table}") for table in ("session", "rate", "kept_form")])
    for secret in (cookie, key, stands.keys["C0117"], "10.1.2.3", TYPED["missing"]):
        assert secret not in kept
        assert repr(secret.encode())[2:-1] not in kept, "nor as bytes"


async def test_reading_writes_once_a_minute_at_most(stands: Standing, pool: Pool) -> None:
    cookie = await stands.begun()
    before = await pool.fetchval("select xmin::text from session")
    for _ in range(3):
        await stands.who(cookie)
    assert await pool.fetchval("select xmin::text from session") == before
    await stands.pass_time(timedelta(minutes=2))
    await stands.who(cookie)
    assert await pool.fetchval("select now() - seen < '1 minute' from session")


async def test_what_has_aged_goes(stands: Standing, pool: Pool) -> None:
    cookie = await stands.begun()
    await stands.entrance.limits.wait("sign-in", "a")
    await stands.entrance.forms.keep(cookie, PLACE, TYPED)

    async def rows() -> list[int]:
        return [await pool.fetchval(f"select count(*) from {table}") for table in ("session", "rate", "kept_form")]

    await sweep(pool)
    assert await rows() == [1, 1, 1]
    await stands.pass_time(KEPT_FORM + IDLE)
    await sweep(pool)
    assert await rows() == [1, 0, 0], "whose it was is known for a while, for what they typed"
    await stands.pass_time(LONGEST_SESSION + timedelta(days=1))
    await sweep(pool)
    assert await rows() == [0, 0, 0]


async def test_rates_have_a_bound(stands: Standing, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "MOST_RATES", 2)
    for key in ("a", "b", "c"):
        await stands.entrance.limits.wait("sign-in", key)
    for _ in range(3):
        await stands.entrance.limits.wait("sign-in", "a")
    await sweep(pool)
    assert await pool.fetchval("select count(*) from rate") == 2
    assert await stands.entrance.limits.wait("sign-in", "a") == 0
