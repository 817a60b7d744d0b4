"""The pages: the city at a glance, one case across services with its verification, one deadline with its reasons.

Everything is asked from the services by HTTP; nothing is decided and nothing is kept here.
"""

from __future__ import annotations

import re
from asyncio import gather
from collections.abc import Callable, Mapping
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Annotated, Any, Final, NamedTuple

import httpx2
from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.forms import CASE_NUMBER, CLOCK_NAME, NODE_CODE
from libs.host import Site
from libs.web import (
    Account,
    Epoch,
    Inner,
    ListAsk,
    NotAllowed,
    Pages,
    SearchedKind,
    SequenceQuery,
    inner,
    list_ask,
    require,
    shown_by,
    sought,
)
from services.dashboard.views import CityAsk, Only, case_model, city_model, network_model, proof_model, site_model, timeline_model

READER_OF_PAGES: Final = Depends(require("dashboard.read-pages", anywhere=True))


NodesAsk = Annotated[ListAsk, Depends(list_ask("nodes"))]
WrongAsk = Annotated[ListAsk, Depends(list_ask("wrong"))]
FeedsAsk = Annotated[ListAsk, Depends(list_ask("feeds"))]
UnderNode = Annotated[str, Query(pattern=rf"^({NODE_CODE})?$")]
OnlyThose = Annotated[Only, Query()]
NOT_SOUGHT: Final[Mapping[SearchedKind, tuple[str, str]]] = {
    SearchedKind.PERSONAL: ("这里不按个人的号码查", "身份证号、手机号不出现在地址和日志里；请用办件编号，或在窗口核对身份后查。"),
    SearchedKind.CREDIT_CODE: ("没有按信用代码查到办件", "统一社会信用代码只由受理窗口核对；请用办件编号查，或者查下面的事项。"),
}
"""What is said of what nobody is asked for."""
A_FEW: Final = 10
"""Items that are shown of a node."""


class Answered(NamedTuple):
    """What a service answered, and whether it is as new as was asked for."""

    said: Any
    current: bool


class SiteClient:
    """Asks the services of this site for a page, as whoever opened the page: a service answers them what they may see, and nothing more."""

    def __init__(self, base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        nothing_kept = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # or one reader's cookie would go along with another's question
        self._client = httpx2.AsyncClient(base_url=base, cookies=nothing_kept, timeout=10, transport=transport)

    async def ask(self, request: Request, path: Inner, **query: Any) -> Any:
        """The JSON at `path`, as the reader of `request` gets it. 404 stays 404, 401 and 403 theirs; a service that does not answer, or not now,
        is 503.
        """
        return (await self.told(request, path, **query)).said

    async def told(self, request: Request, path: Inner, **query: Any) -> Answered:
        """`ask`, and whether the answer is as new as was asked for."""
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
            case 429 | 503:
                raise HTTPException(503, headers={"Retry-After": answer.headers.get("Retry-After", "2")})
        answer.raise_for_status()
        return Answered(answer.json(), answer.headers.get("X-Current") != "no")

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


def router(site: Site, client: SiteClient, pages: Pages, now: Callable[[], datetime], *, hub: bool, city: str) -> APIRouter:
    """The pages of a site; those of the city only where the hub is."""
    routes = APIRouter(include_in_schema=False, dependencies=[READER_OF_PAGES])

    @routes.get("/clocks/{clock:path}")
    async def proof(request: Request, clock: str) -> Response:
        must_be_clock(clock)
        found = proof_model(await client.ask(request, inner("/deadline/clocks/{clock}/proof", clock=clock)))
        return pages.render(request, "proof.html", proof=found, clock=clock)

    _find(routes, site, client, pages, hub=hub)
    if hub:
        _city_pages(routes, client, pages, now)
    else:
        _site_pages(routes, site, client, pages, now, city)
    return routes


def _find(routes: APIRouter, site: Site, client: SiteClient, pages: Pages, *, hub: bool) -> None:
    @routes.get("/find")
    async def find(request: Request, number: Annotated[str, Query(max_length=500)] = "", account: Account = READER_OF_PAGES) -> Response:
        kind, text = sought(number)
        if kind is SearchedKind.CASE:
            return RedirectResponse(inner("/cases/{case}", case=text), 303)
        if kind is SearchedKind.NOTHING:
            return RedirectResponse("/", 303)
        items = await items_of(request, account, text) if text else []
        return pages.render(request, "find.html", sought=text, said=NOT_SOUGHT.get(kind), items=items, hub=hub)

    async def items_of(request: Request, account: Account, text: str) -> list[dict[str, Any]]:
        own = [node for node in site.nodes if account.works_for(node.code)]
        asked = (client.ask(request, inner("/catalogue/nodes/{node}/items", node=node.code), q=text, limit=A_FEW) for node in own)
        return [{**row, "node_name": node.name} for node, found in zip(own, await gather(*asked), strict=True) for row in found["items"]]


def _city_pages(routes: APIRouter, client: SiteClient, pages: Pages, now: Callable[[], datetime]) -> None:
    @routes.get("/city")
    async def city_page(request: Request, nodes: NodesAsk, only: OnlyThose = "", under: UnderNode = "") -> Response:
        found = city_model(await client.ask(request, inner("/hub/city")), CityAsk(nodes, only, under))
        return pages.render(request, "city.html", city=found)

    @routes.get("/network")
    async def network(request: Request, wrong: WrongAsk, feeds: FeedsAsk) -> Response:
        paths = inner("/hub/city"), inner("/hub/feeds"), inner("/site/status")
        city, found, status = await gather(*(client.ask(request, path) for path in paths))
        return pages.render(request, "network.html", net=network_model(city, found, status, wrong, feeds))

    @routes.get("/cases/{case}")
    async def case_page(request: Request, case: str) -> Response:
        found = timeline_model(await client.ask(request, inner("/hub/cases/{case}", case=number_of_case(case))), now())
        return pages.render(request, "case.html", found=found, case=case)


def _site_pages(routes: APIRouter, site: Site, client: SiteClient, pages: Pages, now: Callable[[], datetime], city: str) -> None:
    @routes.get("/here")
    async def here(request: Request, shown: NodesAsk, account: Account = READER_OF_PAGES) -> Response:
        own = [node for node in site.nodes if account.works_for(node.code)]
        counts = (client.ask(request, inner("/intake/nodes/{node}/counts", node=node.code)) for node in own)
        *found, status = await gather(*counts, client.ask(request, inner("/site/status")))
        nodes = [{"code": node.code, "name": node.name, **row} for node, row in zip(own, found, strict=True)]
        return pages.render(request, "here.html", here_now=site_model(nodes, status, shown), city=city)

    @routes.get("/cases/{case}")
    async def case_clocks(request: Request, case: str, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> Response:
        place = {"epoch": epoch, "sequence": sequence} if sequence else {}
        of_case = inner("/intake/cases/{case}", case=number_of_case(case))
        row, clocks = await gather(
            client.told(request, of_case, **place), client.ask(request, inner("/deadline/cases/{case}/clocks", case=case))
        )
        found = case_model(row.said, clocks, now())
        return pages.render(request, "clocks.html", found=found, number=case, city=city, current=row.current)
