"""Row-level security: rows of a node are shown to whoever names the node, and written by whoever says what part of the service it is (decision 0033).

Both are said by settings of the transaction, so that a statement that forgets them sees nothing and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from libs.database.pool import Connection, Pool, gone

NODES: Final = "app.nodes"
"""The setting that names the nodes whose rows are shown, with commas between; unset or empty: none."""
WORK: Final = "app.work"
"""The setting by which a part of the service says what it is; unset or empty: it only reads."""
OF_CASE: Final = """split_part("case", '-', 1)"""
"""The node of a row that names a case: the first part of its number."""
NOWHERE: Final = ""
"""The node of a row that belongs to none: it is shown where it is named beside others."""
_CODES: Final = re.compile(r"[0-9,]*")
# Both are asked once per statement, not once per row: subqueries that depend on no row, the second of them hashed, so that three hundred nodes
# cost a row no more than one. OR keeps both away from the choice of an index.
SHOWN: Final = f"(select unnest(string_to_array(nullif(current_setting('{NODES}', true), ''), ',')))"
"""The nodes whose rows are shown: `node in …`."""
_WORKS: Final = f"(select coalesce(current_setting('{WORK}', true), '') <> '')"


def guarded(table: str, *, of: str = "node", shown: str = "") -> tuple[str, ...]:
    """The statements of a migration by which a table shows the rows of named nodes only. `of` is the node of a row as SQL; `shown` says in its
    place which rows are shown, where that follows from another guarded table.
    """
    return (
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy shown on {table} for select using ({shown or f'{of} in {SHOWN}'})",
        f"create policy worked on {table} using ({_WORKS}) with check ({_WORKS})",
    )


def seen_through(view: str, table: str, *, shown: str) -> tuple[str, ...]:
    """The statements of a migration by which the service adds to a table and reads it through a view alone, which shows what is `shown` and to the
    service's own work all. For a table that is written by COPY, which PostgreSQL does not take for a guarded one.
    """
    return (
        f"create view {view} as select * from {table} where {_WORKS} or {shown}",
        f"""create function {table}_worked() returns trigger language plpgsql as $$ begin
            if {_WORKS} then return null; end if;
            raise exception 'nobody says what part of the service writes {table}' using errcode = 'insufficient_privilege';
        end $$""",
        f"create trigger worked before insert on {table} for each statement execute function {table}_worked()",
        f"""do $$ begin
            execute format('revoke select, update, delete on {table} from %I', current_database() || '_' || current_schema());
        end $$""",
    )


def works_as(part: str) -> str:
    """A condition that is always so, for the statement that begins a transaction, on a table that is not guarded: from the next statement on the
    transaction works as `part`. It saves the trip that `working` takes.
    """
    return f"set_config('{WORK}', '{part}', true) <> ''"


@asynccontextmanager
async def reading(pool: Pool, nodes: Iterable[str]) -> AsyncIterator[Connection]:
    """A connection that is shown the rows of these nodes and writes nothing. It begins in one trip, and ends in one. Raises `ValueError` for what
    is no node's code.
    """
    named = ",".join(nodes)
    if _CODES.fullmatch(named) is None:
        raise ValueError(f"{named!r} 不是节点代码")
    async with pool.acquire() as connection:
        await connection.execute(f"begin read only; select set_config('{NODES}', '{named}', true)")
        try:
            yield connection
        finally:
            if not gone(connection):
                await connection.execute("commit")


@asynccontextmanager
async def working(pool: Pool, part: str) -> AsyncIterator[Connection]:
    """A transaction in which the service works as `part`: every row is shown, and may be written."""
    async with pool.acquire() as connection, connection.transaction():
        await works(connection, part)
        yield connection


async def works(connection: Connection, part: str) -> None:
    """From here on the transaction works as `part`."""
    await connection.execute(f"select set_config('{WORK}', $1, true)", part)
