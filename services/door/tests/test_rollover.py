"""People who come in at the same time, just when the provider has changed its keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from libs.testkit.browsing import served
from services.door.http.provider import KEYS_SECONDS, Provider, ProviderAway
from services.door.settings import Oidc

pytestmark = pytest.mark.server


def key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "alg": "ES256", "use": "sig"})


def token(by: ECKey) -> str:
    return jwt.encode({"alg": "ES256", "kid": by.kid or ""}, {"staff": "C0117", "iat": int(time.time())}, by)


class Keys:
    """What the provider has at its address of keys; `asked` is how often somebody was there."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys, self.asked = keys, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        found = {"keys": [one.as_dict(private=False) for one in self.keys]} if self.keys else "none"
        await JSONResponse(found)(scope, receive, send)


@asynccontextmanager
async def provider(keys: Keys, now: list[float]) -> AsyncIterator[tuple[Provider, dict[str, str]]]:
    with served(keys) as address:
        said = {"issuer": address, "client": "liandong", "address": "http://liandong.test", "posts": [{"value": "window", "post": "clerk"}]}
        made = Provider(Oidc.model_validate(said), clock=lambda: now[0])
        try:
            yield made, {"jwks_uri": f"{address}/keys"}
        finally:
            await made.close()


async def test_all_who_come_in_at_once_with_a_new_key_are_believed_and_it_is_fetched_once() -> None:
    old, new, now = key("old"), key("new"), [1000.0]
    async with provider(keys := Keys(old), now) as (site, about):
        assert (await site._read(token(old), about))["staff"] == "C0117"
        keys.keys = (new,)
        now[0] += KEYS_SECONDS
        said = await asyncio.gather(*(site._read(token(new), about) for _ in range(5)))
        assert [claims["staff"] for claims in said] == ["C0117"] * 5
        assert keys.asked == 2


async def test_who_waited_for_keys_that_did_not_come_does_not_ask_once_more() -> None:
    async with provider(keys := Keys(), [1000.0]) as (site, about):
        said = await asyncio.gather(*(site._read(token(key("a")), about) for _ in range(5)), return_exceptions=True)
        assert [type(no) for no in said] == [ProviderAway] * 5
        assert keys.asked == 1
