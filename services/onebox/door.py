"""The front door of a site, as its staff and programs use it: busy or restarting sites are waited for, keys make repeating harmless."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import httpx2
import stamina

from libs.vault import made_up_person
from services.onebox.sites import SiteOfBox

stamina.instrumentation.set_on_retry_hooks([])  # waiting for a site that starts is normal work


def _not_now(error: Exception) -> bool:
    """Whether the site is away or busy, or has not heard yet of the item that was published a moment ago."""
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code == 503 or (error.response.status_code == 409 and "unknown-item" in error.response.text)
    return isinstance(error, httpx2.TransportError)


@stamina.retry(on=_not_now, timeout=120, attempts=None, wait_max=2.0)
def send(client: httpx2.Client, method: str, path: str, **more: Any) -> Any:
    """Sends one request: the JSON of the answer. Raises `httpx2.HTTPStatusError` for a refusal; a site that is away is waited for, two minutes at most."""
    answer = client.request(method, path, **more)
    answer.raise_for_status()
    return answer.json()


def said(answer: httpx2.Response) -> str:
    """Why a site said no, in its own words where it has any; of a form, the first field that is wrong."""
    try:
        problem = answer.json()
        first = next((f"：{wrong['field'].removeprefix('body.')} {wrong['because']}" for wrong in problem.get("fields", ())), "")
        return f"{problem['title']}{first}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"HTTP {answer.status_code}"


class Door:
    """One client per person of a site; `ahead` keeps the keys of one work apart from another's."""

    def __init__(self, site: SiteOfBox, ahead: str) -> None:
        self.site, self._ahead = site, ahead
        self._open = ExitStack()
        self._clients = {who: self._open.enter_context(site.client(who)) for who in site.tokens}

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._open.close()

    def file(self, node: str, key: str, form: dict[str, Any], who: str = "clerk") -> dict[str, Any]:
        """Files a case for a made-up person, whom the vault keeps first: the JSON of the answer. The key names the person too."""
        person = made_up_person(f"{self._ahead}:{key}")
        kept = self.post(who, f"/vault/nodes/{node}/subjects", f"{key}:applicant", person)
        return self.post(who, f"/intake/nodes/{node}/cases", key, {"applicants": [{"subject": kept["subject"]}], **form})

    def post(self, who: str, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sends one command: the JSON of the answer. Raises `httpx2.HTTPStatusError` for a refusal."""
        headers = {"Idempotency-Key": f"{self._ahead}:{key}"}
        found: dict[str, Any] = send(self._clients[who], "POST", path, json=body or {}, headers=headers)
        return found
