"""An application with one route for every way in which a request is read, and one clerk who asks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from httpx2 import ASGITransport, AsyncClient
from pydantic import Field

from libs.authority import Post, posted
from libs.forms import Form, Text
from libs.telemetry import Health
from libs.web import Account, Accounts, CasePath, Envelope, MaxBody, NodePath, Pages, answer, envelope, make_app, require
from libs.web.bodies import MAX_JSON

CASE = "511525-20070305-000001-0"
JSON = "application/json"
LARGE = 100_000
"""Bytes of a file."""


class Notice(Form):
    days: Annotated[int, Field(ge=0, le=400)]
    why: Text = ""


class Numbers(Form):
    numbers: Annotated[tuple[int, ...], Field(max_length=9)]


def routes() -> APIRouter:
    router, clerk = APIRouter(), Depends(envelope("intake.accept"))

    @router.post("/cases/{case}/notice")
    async def notice(case: CasePath, form: Notice, by: Envelope = clerk) -> Response:
        return answer({"days": form.days, "why": form.why})

    @router.post("/cases/{case}/close")
    async def close(case: CasePath, by: Envelope = clerk) -> Response:
        return answer({})

    @router.post("/nodes/{node}/files", dependencies=[Depends(MaxBody(LARGE))])
    async def files(
        node: NodePath,
        who: Annotated[Account, Depends(require("intake.read-cases"))],
        data: Annotated[bytes, Body(media_type="application/octet-stream")],
    ) -> Response:
        return answer({"bytes": len(data)})

    @router.post("/maybe")
    async def maybe(form: Numbers | None = None) -> Response:
        return answer(form and form.model_dump())

    @router.get("/nodes/{node}/cases")
    async def cases(
        node: NodePath, limit: Annotated[int, Query(ge=1, le=500)] = 50, part: Annotated[float | None, Query(le=60)] = None
    ) -> Response:
        return answer({"limit": limit})

    @router.get("/pages/{page}")
    async def page(page: int) -> Response:
        return answer({"page": page})

    return router


class Door:
    """The application, and one clerk who asks."""

    def __init__(self, most: int = MAX_JSON) -> None:
        accounts = Accounts()
        _, self.token = accounts.issue("C0117", posted([Post.CLERK], ["511525"]), "窗口")
        self.app = make_app(
            "door", routers=[routes()], accounts=accounts, health=Health(), pages=Pages(brand="联动"), catalogue=True, max_body=most
        )
        self.http = AsyncClient(transport=ASGITransport(app=self.app, raise_app_exceptions=False), base_url="http://door")

    async def send(self, method: str, path: str, content: bytes | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer; a no has to be a problem in Chinese."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": "k",
            **{name.replace("_", "-"): v for name, v in headers.items()},
        }
        got = await self.http.request(method, path, content=content, headers={name: value for name, value in sent.items() if value})
        if got.is_error:
            assert got.headers["content-type"] == "application/problem+json"
            assert not got.json()["title"].isascii()
        return got.status_code, got.json()

    async def notice(self, content: bytes, kind: str = JSON) -> tuple[int, dict[str, Any]]:
        return await self.send("POST", f"/cases/{CASE}/notice", content, Content_Type=kind)


def because(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(field["field"], field["because"]) for field in found["fields"]]
