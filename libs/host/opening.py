"""What is done once before a service runs: again and again while a server is away, never where only the operator can help."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import asyncpg

from libs.host.away import Servers
from libs.host.context import NeedsTheOperator

FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 2.0

WRONG: Final[Mapping[type[Exception], str]] = {
    asyncpg.InvalidAuthorizationSpecificationError: "数据库不认得这个角色或口令；核对 LIANDONG_DATABASES，或运行 liandong migrate",
    asyncpg.InvalidCatalogNameError: "没有这个数据库；核对 LIANDONG_DATABASES，或运行 liandong migrate",
    asyncpg.UndefinedTableError: "数据库里没有它的表；先运行 liandong migrate",
    asyncpg.InvalidSchemaNameError: "数据库里没有它的模式；先运行 liandong migrate",
    asyncpg.InsufficientPrivilegeError: "这个角色在数据库里没有需要的权限；先运行 liandong migrate",
}
"""What no waiting mends, and what to do."""


async def patiently(owner: str, step: Callable[[], Awaitable[None]], servers: Servers) -> None:
    """Does what is to be done, again after growing pauses while a server is away. Raises `NeedsTheOperator` where waiting would not help, and
    whatever else goes wrong.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            await step()
        except tuple(WRONG) as fault:
            because = next(sentence for kind, sentence in WRONG.items() if isinstance(fault, kind))
            raise NeedsTheOperator(f"服务 {owner}：{because}") from fault
        except Exception as fault:
            server = await servers.blamed(fault)
            if server is None:
                raise
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await (server.answers.wait() if server.away else asyncio.Event().wait())
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return
