"""Wires the pages of a site."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter

from libs.host import Site
from libs.web import Link, Pages
from services.dashboard import http
from services.dashboard.http import Desk

__all__ = ["Desk", "build", "pages"]

TEMPLATES = Path(__file__).parent / "templates"


def pages(site: Site, *, hub: bool) -> Pages:
    """The page kit with this site's name and ways."""
    name = site.node(site.code).name.removesuffix("政务服务中心")
    ways = [Link("全市", "/city"), Link("网络", "/network")] if hub else [Link("本节点", "/here")]
    return Pages(TEMPLATES, brand=f"联动 · {name}", nav=ways)


def build(site: Site, desk: Desk, rendered: Pages, *, city: str, hub: bool) -> APIRouter:
    """The routes; `city` is the address of the city's site, `hub` whether it is this one."""
    return http.router(site, desk, rendered, hub=hub, city=city)
