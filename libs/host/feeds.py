"""The owner's feed API over HTTP: where a consumer pulls what it missed (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2

from libs.bus import FeedPage
from libs.wire import Recorded, decode_page


def feed_page(client: httpx2.AsyncClient) -> FeedPage:
    """Pages of the feeds that the site of `client` owns. Raises `httpx2.HTTPError` where it does not answer."""

    async def page(source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        _, _, node, service = source.split(":")
        answer = await client.get(f"/feed/{node}/{service}/{epoch}", params={"after": after, "limit": limit})
        answer.raise_for_status()
        return decode_page(answer.content)

    return page
