"""What was typed when a session had run out: a sealed row, which is of use only with the key in the browser and to the same staff number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.database import Pool
from libs.web import KEPT_FORM, KEPT_FORMS, Sealed, new_key, open_fields, row_of, seal_fields
from services.door.http.sessions import digest_of

_OWNER: Final = "select staff from session where digest = $1"
_KEEP: Final = """
with older as (delete from kept_form where row in (select row from kept_form where staff = $2 order by made desc offset $4 - 1))
insert into kept_form (row, staff, sealed) values ($1, $2, $3)"""
_FIND: Final = "select sealed from kept_form where row = $1 and staff = $2 and made > now() - $3::interval"
_DROP: Final = "delete from kept_form where row = $1"


class StoredForms:
    """`KeptForms` in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, cookie: str, place: str, fields: Mapping[str, str]) -> str:
        """Seals the fields for whoever's session `cookie` was: the browser's key to them; empty where it was nobody's."""
        staff: str | None = await self._pool.fetchval(_OWNER, digest_of(cookie))
        if staff is None:
            return ""
        key = new_key()
        await self._pool.execute(_KEEP, row_of(key), staff, seal_fields(key, place, staff, fields).data, KEPT_FORMS)
        return key

    async def fields(self, key: str, place: str, staff: str) -> Mapping[str, str]:
        """What `staff` typed at `place`."""
        found: bytes | None = await self._pool.fetchval(_FIND, row_of(key), staff, KEPT_FORM)
        return {} if found is None else open_fields(key, place, staff, Sealed(found, staff))

    async def drop(self, key: str) -> None:
        """It was sent, and need not be kept any more."""
        await self._pool.execute(_DROP, row_of(key))
