"""What commands have done at a site, counted in its database: after a no it is what it was before."""

from __future__ import annotations

from typing import Final

import asyncpg

from services.onebox import OneBox, SiteOfBox

_LOGS: Final = "select table_schema from information_schema.tables where table_name = 'claim' order by 1"
_VAULT: Final = ("kept", "sealed", "digest", "upload", "piece", "document", "chunk")
"""Tables of the vault in which a command alone writes."""
Done = dict[str, int]


class Counted:
    """Counts what has been done at a site. What time and other services do at the same moment counts for nothing: it is nobody's command."""

    def __init__(self, connection: asyncpg.Connection, asked: str) -> None:
        self._connection, self._asked = connection, asked

    @classmethod
    async def at(cls, box: OneBox, site: SiteOfBox) -> Counted:
        """Of the site's own database."""
        connection = await asyncpg.connect(box.postgres.url(site.database))
        schemas = [row["table_schema"] for row in await connection.fetch(_LOGS)]
        assert {"intake", "catalogue", "vault"} <= set(schemas), schemas
        asked = {f"{name} events": f"from {name}.event where actor not like 'system:%'" for name in schemas}
        asked |= {f"{name} keys": f"from {name}.claim where scope in ('http', 'import')" for name in schemas}
        asked |= {f"vault {table}": f"from vault.{table}" for table in _VAULT}
        return cls(connection, "select " + ", ".join(f'(select count(*) {rows}) as "{name}"' for name, rows in asked.items()))

    async def now(self) -> Done:
        """What has been done so far."""
        row = await self._connection.fetchrow(self._asked)
        assert row is not None
        return dict(row)

    async def close(self) -> None:
        """Closes the connection."""
        await self._connection.close()


def more(before: Done, after: Done) -> str:
    """What has been done meanwhile, in a line; empty: nothing."""
    return ", ".join(f"{name}: {before[name]} → {after[name]}" for name in before if before[name] != after[name])
