"""The catalogue's counter without a server: a list is handed in over HTTP, and what was registered is read from the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import msgspec
from httpx2 import ASGITransport, AsyncClient

from libs.authority import Post, posted
from libs.database import Pool
from libs.eventlog import MemoryLogs
from libs.host import PROBLEMS, Context, Node, Site, imported
from libs.telemetry import Health
from libs.web import Accounts, make_app
from services.catalogue.events import ItemRegistered
from tests.kinds.desk import Desk, apart

NODE = "511525"


async def _current(*_: object, **__: object) -> bool:
    return True


def context_of(service: str) -> Context:
    """What a service is given at a county of one node, its log in memory."""
    site, logs = Site(NODE, (Node(NODE, "高县", "511500"),)), MemoryLogs(service, [NODE])
    return Context(site, logs, cast(Pool, None), lambda: datetime.now(UTC), _current, "kinds")


def registered(desk: Desk, data: bytes | str) -> dict[str, tuple[str, str]]:
    """Hands a list in as an editor: name and department of every item that then stands in the catalogue, by code."""
    found: dict[str, tuple[str, str]] = {}

    async def hand_in() -> None:
        context, accounts = context_of("catalogue"), Accounts()
        _, token = accounts.issue("E0001", posted([Post.EDITOR], [NODE]), "事项目录")
        made = make_app("kinds", routers=[imported("catalogue")(context).router], accounts=accounts, health=Health(), problems=PROBLEMS)
        async with AsyncClient(transport=ASGITransport(app=made), base_url="http://site") as client:
            headers = {"Authorization": f"Bearer {token}"}
            desk.answered(await client.post(f"/catalogue/nodes/{NODE}/imports", content=data, headers=headers), 200)
        for event in await context.logs.of(NODE).feed():
            if "ItemRegistered" in event.type:
                item = msgspec.json.decode(event.data, type=ItemRegistered)
                found[item.item] = (item.name, item.department)

    apart(hand_in())
    return found
