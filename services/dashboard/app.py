"""Wires the pages of a site: they ask the site's services by HTTP, as whoever opened them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from libs.host import Context, Service, Site
from libs.web import NavLink, Pages
from services.dashboard import http
from services.dashboard.http import SiteClient

TEMPLATES: Final = Path(__file__).parent / "templates"


def pages(site: Site, *, city: bool) -> Pages:
    """The page kit with this site's name and ways; `city`: whether the hub stands here."""
    name = site.node(site.code).name.removesuffix("政务服务中心")
    ways = [NavLink("全市", "/city"), NavLink("网络", "/network")] if city else [NavLink("本部署", "/here")]
    return Pages(TEMPLATES, brand=f"联动 · {name}", nav=ways, find="/find", places={node.code: node.name for node in site.nodes})


def build(context: Context) -> Service:
    """The pages; those of the city only where the hub stands."""
    around = context.around
    client, city = SiteClient(around.address), around.stands("hub")
    frame = pages(context.site, city=city)
    router = http.router(context.site, client, frame, context.now, hub=city, city=around.city)
    return Service("dashboard", router, pages=frame, closing=(client.close,))
