"""For the operator: which key-encryption keys wrap how much, and wrapping anew by the newest. No key is ever answered."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from libs.web import answer, require
from services.vault.http.desk import Desk


class KeyUse(BaseModel):
    """A key-encryption key that is in the file or wraps something, how many data keys it wraps, and whether it is the newest or missing."""

    kek: str
    wraps: int
    newest: bool
    missing: bool


class KeyUses(BaseModel):
    """All of them."""

    keys: list[KeyUse]


class Rewrapped(BaseModel):
    """How many data keys were wrapped anew, and how many are not yet wrapped by the newest key."""

    rewrapped: int
    left: int


def add_keys(router: APIRouter, desk: Desk) -> None:
    """Adds the routes."""
    vault = desk.vault

    @router.get("/keys", response_model=KeyUses, dependencies=[Depends(require("vault.read-keys"))])
    async def keys() -> Response:
        there, wraps = vault.keyring.read(), await vault.rows.wraps()
        return answer({"keys": [_use(kek, wraps, there.newest, there.wrapping) for kek in sorted(there.wrapping | wraps.keys())]})

    @router.post("/keys/rewrap", response_model=Rewrapped, dependencies=[Depends(require("vault.rewrap-keys"))])
    async def rewrap() -> Response:
        done, newest = await vault.rewrap(), vault.keyring.newest
        return answer({"rewrapped": done, "left": sum(many for kek, many in (await vault.rows.wraps()).items() if kek != newest)})


def _use(kek: str, wraps: dict[str, int], newest: str, there: frozenset[str]) -> dict[str, object]:
    return {"kek": kek, "wraps": wraps.get(kek, 0), "newest": kek == newest, "missing": kek not in there}
