"""What the operator asks of a site: every log is read, whether it is published or not."""

from __future__ import annotations

from functools import partial

from httpx2 import ASGITransport, AsyncClient

from libs.contracts import Row
from libs.eventlog import Checked
from libs.host import Around, Node, Service, Site, SiteHost, site_app
from libs.web import Accounts, Role

SITE = Site("511500", (Node("511500", "宜宾市政务服务中心", ""),))


async def checked(name: str, fault: str | None) -> list[Checked]:
    return [Checked(f"urn:liandong:511500:{name}", 1, 7, 7, fault)]


async def test_every_log_is_verified_that_of_the_registry_too() -> None:
    rows = [Row("hub", "city", (), (), "none"), Row("intake", "site", ("intake",), (), "none"), Row("dashboard", "site", (), (), "none")]
    host = SiteHost(SITE, rows, Around(address="http://site", token="t"))
    await host.open({}, lambda name: lambda _: Service(name))
    for name, fault in (("hub", "hash"), ("intake", None)):
        host.services[name].verify = partial(checked, name, fault)  # type: ignore[method-assign]
    accounts = Accounts()
    _, token = accounts.issue("O0001", [Role.OPERATOR], ["511500"], "运行维护")
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
        found = (await client.get("/site/verify")).json()
    assert found["verified"] is False
    assert [(row["source"], row["fault"]) for row in found["origins"]] == [
        ("urn:liandong:511500:hub", "hash"),
        ("urn:liandong:511500:intake", None),
    ]
    await host.stop()
