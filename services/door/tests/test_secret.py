"""How the site shows its secret to the provider."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from libs.testkit.browsing import served
from services.door.http.provider import NotBelieved, Provider, leaving
from services.door.settings import Oidc

pytestmark = pytest.mark.server


async def test_a_secret_is_shown_as_the_standard_says_whatever_signs_it_has(tmp_path: Path) -> None:
    """RFC 6749, 2.3.1: encoded as in a form, so that a provider that decodes it reads what was meant."""
    shown = list[str]()

    async def tokens(scope: Scope, receive: Receive, send: Send) -> None:
        shown.append(Request(scope).headers["authorization"])
        await JSONResponse({"error": "invalid_grant"}, 400)(scope, receive, send)

    with served(tokens) as address:
        (file := tmp_path / "secret").write_text("a+b%2F:密\n", encoding="utf-8")
        said = {"issuer": address, "client": "liandong", "secret_file": str(file), "address": "http://liandong.test"}
        site = Provider(Oidc.model_validate({**said, "posts": [{"value": "window", "post": "clerk"}]}))
        with pytest.raises(NotBelieved, match="invalid_grant"):
            await site._token(f"{address}/token", leaving("/"), "code")
        await site.close()
    assert [base64.b64decode(one.removeprefix("Basic ")) for one in shown] == [b"liandong:a%2Bb%252F%3A%E5%AF%86"]
