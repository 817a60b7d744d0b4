"""The pages as they are written: each is valid HTML in every state."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from libs.testkit.asgi import ask
from libs.testkit.markup import invalid
from services.dashboard.tests.states import STATES, Front

pytestmark = pytest.mark.server


async def test_every_page_is_valid_in_every_state() -> None:
    pages = {}
    for name, (hub, found, address) in STATES.items():
        front = Front(hub, found)
        path, _, query = address.partition("#")[0].partition("?")
        headers = {"Authorization": f"Bearer {front.token}", "Accept": "text/html"}
        got = await ask(front.app, "GET", path, headers, query=quote(query, safe="=&"))
        assert (name, got.status) in {(name, 200), (name, 404), (name, 503)}
        pages[name] = got.body.decode()
    assert invalid(pages) == []
    text = "".join(pages.values())
    titles = ("全市一览", "网络", "办件", "本部署", "时限凭证", "查找", "没有找到")
    assert [title for title in titles if f"<title>{title}" not in text] == []
