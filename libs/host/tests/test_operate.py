"""What the operator asks of a site: every log is read, whether it is published or not."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from httpx2 import ASGITransport, AsyncClient

from libs.authority import Post, posted
from libs.contracts import Row
from libs.database import prepare
from libs.eventlog import Checked
from libs.host import Around, Node, Service, Site, SiteHost, site_app
from libs.host.tests.told import opened, row
from libs.views import StandsAt
from libs.web import Accounts

SITE = Site("511500", (Node("511500", "宜宾市政务服务中心", ""),))


async def checked(name: str, fault: str | None) -> list[Checked]:
    return [Checked(f"urn:liandong:511500:{name}", 1, 7, 7, fault)]


async def test_every_log_is_verified_that_of_the_registry_too() -> None:
    rows = [Row("hub", "city", (), (), "none"), Row("intake", "site", ("intake",), (), "none"), Row("dashboard", "site", (), (), "none")]
    host = SiteHost(SITE, rows, Around(address="http://site", token="t"))
    await opened(host, {}, lambda name: lambda _: Service(name))
    for name, fault in (("hub", "hash"), ("intake", None)):
        host.services[name].verify = partial(checked, name, fault)  # type: ignore[method-assign]
    accounts = Accounts()
    _, token = accounts.issue("O0001", posted([Post.OPERATOR], ["511500"]), "运行维护")
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
        found = (await client.get("/site/verify")).json()
    assert found["verified"] is False
    assert [(one["source"], one["fault"]) for one in found["origins"]] == [
        ("urn:liandong:511500:hub", "hash"),
        ("urn:liandong:511500:intake", None),
    ]
    await host.stop()


async def test_loops_and_views_of_the_hub_and_the_link_and_of_the_site_itself_are_told() -> None:
    async def dies() -> None:
        raise RuntimeError("dead")

    host = SiteHost(SITE, [row("hub"), row("link", database="none")], Around(address="http://site", token="t"))
    await opened(host, {}, lambda name: lambda _: Service(name, tasks=(dies,) if name == "link" else ()))
    host.services["hub"].projector.stopped["city"] = StandsAt("urn:liandong:511525:intake", 1, 7, "odd")
    host.services["link"].start()
    host.loops.run("hear intake", dies)
    await asyncio.sleep(0.05)
    accounts = Accounts()
    _, token = accounts.issue("O0001", posted([Post.OPERATOR], ["511500"]), "运行维护")
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
        found = (await client.get("/site/status")).json()
    await host.stop()
    assert found["loops_failed"] == {"hear intake": 1, "link task 0": 1}
    assert set(found["loops_down"]) >= {"hear intake", "link task 0"}
    assert found["views_stopped"] == {"hub city": {"source": "urn:liandong:511525:intake", "epoch": 1, "sequence": 7, "because": "odd"}}
    assert found["services"] == {}


@pytest.mark.server
async def test_who_works_for_a_part_of_the_site_is_told_of_the_feeds_of_that_part(database: str) -> None:
    """How far a log has come says how much happens at its node."""
    site = Site("511525", (Node("511525", "高县", "511500"), Node("511525100", "文江镇", "511525")))
    host = SiteHost(site, [Row("intake", "site", ("intake",), (), "own")], Around(address="http://site", token="t"))
    await opened(host, {"intake": await prepare(database, "intake")}, lambda name: lambda _: Service(name))
    feeds = ["urn:liandong:511525100:intake", "urn:liandong:511525:intake"]
    pool = host.services["intake"].pool
    await pool.execute("update head set sequence = 3")
    await pool.executemany(
        "insert into cursor (consumer, source, epoch, sequence, hash) values ('c', $1, 1, 9, '')", [(one,) for one in feeds]
    )
    accounts, told = Accounts(), dict[str, tuple[list[str], list[str]]]()
    for node in ("511525", "511525100"):
        _, token = accounts.issue("L0001", posted([Post.LEADER], [node]), "领导")
        headers = {"Authorization": f"Bearer {token}"}
        async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
            found = (await client.get("/site/status")).json()["services"]["intake"]
        told[node] = (sorted(row["source"] for row in found["heads"]), sorted(row["source"] for row in found["cursors"]))
    await host.stop()
    assert told == {"511525": (sorted(feeds), sorted(feeds)), "511525100": (feeds[:1], feeds[:1])}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("GET", "/feed/511500/intake/9223372036854775808", None, "path.epoch"),
        ("GET", "/feed/511500/intake/0", None, "path.epoch"),
        ("GET", "/feed/511500/intake/1?after=9223372036854775808", None, "query.after"),
        ("GET", "/feed/511500%00/intake/1", None, "path.node"),
        ("GET", "/feed/511500/inta%00ke/1", None, "path.service"),
        ("GET", f"/feed/511500/{'x' * 5000}/1", None, "path.service"),
        ("POST", "/site/parked/intake/retry", {"numbers": [2**62, 0]}, "body.numbers.1"),
        ("POST", "/site/parked/intake/retry", {"numbers": [1] * 1001}, "body.numbers"),
        ("POST", "/site/parked/intake/dismiss", {"numbers": [True]}, "body.numbers.0"),
        ("POST", "/site/parked/in%00take/dismiss", {"numbers": [1]}, "path.service"),
    ],
)
async def test_a_number_no_log_has_and_a_name_no_service_has_are_refused(method: str, path: str, body: object, field: str) -> None:
    host = SiteHost(SITE, [Row("intake", "site", ("intake",), (), "none")], Around(address="http://site", token="t"))
    await opened(host, {}, lambda name: lambda _: Service(name))
    accounts = Accounts()
    _, token = accounts.issue("O0001", posted([Post.OPERATOR], ["511500"]), "运行维护")
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
        answer = await (client.get(path) if body is None else client.post(path, json=body))
    assert (answer.status_code, [fault["field"] for fault in answer.json()["fields"]]) == (422, [field])
    await host.stop()
