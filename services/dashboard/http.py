"""The pages: the city at a glance, one case across services with its verification, one deadline with its reasons.

Everything is asked from the services by HTTP; nothing is decided and nothing is kept here.
"""

from __future__ import annotations

import re
from asyncio import gather
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Annotated, Any, Final

import httpx2
from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.forms import CASE_NUMBER, CLOCK_NAME
from libs.host import Site
from libs.web import Account, Inner, NotAllowed, Pages, inner, require, shown_by
from services.dashboard.views import city_model, clock_rows, feed_rows, placed, proof_model, timeline_model

READER_OF_PAGES: Final = Depends(require("dashboard.read-pages", anywhere=True))


class SiteClient:
    """Asks the services of this site for a page, as whoever opened the page: a service answers them what they may see, and nothing more."""

    def __init__(self, base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        nothing_kept = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # or one reader's cookie would go along with another's question
        self._client = httpx2.AsyncClient(base_url=base, cookies=nothing_kept, timeout=10, transport=transport)

    async def ask(self, request: Request, path: Inner, **query: Any) -> Any:
        """The JSON at `path`, as the reader of `request` gets it. 404 stays 404, 401 and 403 theirs; a service that does not answer is 503."""
        try:
            answer = await self._client.get(path, params=query, headers=shown_by(request))
        except httpx2.TransportError:
            raise HTTPException(503) from None
        match answer.status_code:
            case 401:
                raise HTTPException(401)
            case 403:
                raise NotAllowed(answer.json().get("detail", ""))
            case 404 | 422:
                raise HTTPException(404)
        answer.raise_for_status()
        return answer.json()

    async def close(self) -> None:
        await self._client.aclose()


def number_of_case(case: str) -> str:
    """The number itself. What is no case number is found nowhere, and nobody is asked for it."""
    if re.fullmatch(CASE_NUMBER, case) is None:
        raise HTTPException(404)
    return case


def must_be_clock(clock: str) -> None:
    """What is no clock's name is found nowhere, and nobody is asked for it."""
    if re.fullmatch(CLOCK_NAME, clock) is None:
        raise HTTPException(404)


def router(site: Site, client: SiteClient, pages: Pages, *, hub: bool, city: str) -> APIRouter:
    """The pages of a site; those of the city only where the hub is."""
    routes = APIRouter(include_in_schema=False, dependencies=[READER_OF_PAGES])

    @routes.get("/")
    async def home() -> Response:
        return RedirectResponse("/city" if hub else "/here", 303)

    @routes.get("/find")
    async def find(number: Annotated[str, Query(max_length=40)] = "") -> Response:
        return RedirectResponse(inner("/cases/{case}", case=number.strip()) if number.strip() else "/", 303)

    @routes.get("/clocks/{clock:path}")
    async def proof(request: Request, clock: str) -> Response:
        must_be_clock(clock)
        found = proof_model(await client.ask(request, inner("/deadline/clocks/{clock}/proof", clock=clock)))
        return pages.render(request, "proof.html", proof=found, clock=clock)

    if hub:
        _city_pages(routes, client, pages)
    else:
        _site_pages(routes, site, client, pages, city)
    return routes


def _city_pages(routes: APIRouter, client: SiteClient, pages: Pages) -> None:
    @routes.get("/city")
    async def city_page(request: Request) -> Response:
        return pages.render(request, "city.html", city=city_model(await client.ask(request, inner("/hub/city"))))

    @routes.get("/network")
    async def network(request: Request) -> Response:
        feeds, city = await gather(client.ask(request, inner("/hub/feeds")), client.ask(request, inner("/hub/city")))
        return pages.render(request, "network.html", feeds=feed_rows(feeds), city=city_model(city))

    @routes.get("/cases/{case}")
    async def case_page(request: Request, case: str) -> Response:
        found = timeline_model(await client.ask(request, inner("/hub/cases/{case}", case=number_of_case(case))))
        return pages.render(request, "case.html", found=found, case=case)


def _site_pages(routes: APIRouter, site: Site, client: SiteClient, pages: Pages, city: str) -> None:
    @routes.get("/here")
    async def here(request: Request, account: Account = READER_OF_PAGES) -> Response:
        own = [node for node in site.nodes if account.works_for(node.code)]
        counts = (client.ask(request, inner("/intake/nodes/{node}/counts", node=node.code)) for node in own)
        *found, status = await gather(*counts, client.ask(request, inner("/site/status")))
        nodes = [{"code": node.code, "name": node.name, **row} for node, row in zip(own, found, strict=True)]
        return pages.render(request, "here.html", nodes=nodes, city=city, status=status)

    @routes.get("/cases/{case}")
    async def case_clocks(request: Request, case: str) -> Response:
        of_case = inner("/intake/cases/{case}", case=number_of_case(case)), inner("/deadline/cases/{case}/clocks", case=case)
        row, clocks = await gather(*(client.ask(request, path) for path in of_case))
        return pages.render(request, "clocks.html", case=placed(row), number=case, clocks=clock_rows(clocks), city=city)
