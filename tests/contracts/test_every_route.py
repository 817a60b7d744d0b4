"""Schemathesis over a running box: every route of city and county, under the token of everybody who works there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from schemathesis import GenerationMode

from services.onebox import Door, OneBox, SiteOfBox, publish, settle, work
from tests.contracts.asking import Asking, standing

pytestmark = pytest.mark.server
LOG: Final = "every-route"
CITY, COUNTY = "511500", "511525"
IN_ORDER: Final = frozenset({200, 201, 400, 401, 403, 404, 409, 412, 413, 415, 422})
ASKED_OFTEN: Final = frozenset({("POST /intake/follow", 429)})
"""Where guessing is slowed down, and these tests guess."""


async def poison(box: OneBox, site: str) -> None:
    """A record that nobody can read, so that something is parked."""
    producer = AIOKafkaProducer(bootstrap_servers=box.kafka.bootstrap)
    await producer.start()
    await producer.send_and_wait(f"{site}.intake.v1", b"{", key=b"k", headers=[("ce_source", b"\xff")])
    await producer.stop()


@pytest.fixture(params=[CITY, COUNTY])
def asking(box: OneBox, request: pytest.FixtureRequest) -> Iterator[Asking]:
    """A site with a dozen items and some cases, worked to different ends, and a parked record."""
    site = box.site(request.param)
    asyncio.run(poison(box, site.code))
    with Door(site, LOG) as door:
        publish(door, site.code)
        for n in range(6):
            work(door, site.code, n, datetime.now(UTC))
    end = time.monotonic() + 30
    while not (known := standing(site, site.code, LOG))["clock"] or not known["numbers"]:
        assert time.monotonic() < end, "clocks and a parked record should stand there"
        time.sleep(0.1)
    yield Asking(site, known | {"subject": [keep(site, n) for n in range(8)]}, examples=8)
    settle(box)  # what was written has to be verified before others ask the city
    dismiss(site)


def keep(site: SiteOfBox, n: int) -> str:
    """A subject of the site's vault: what a citizen wrote."""
    form, headers = {"kind": "text", "text": "路灯不亮"}, {"Idempotency-Key": f"{LOG}:{n}"}
    with site.client("clerk") as client:
        kept = client.post(f"/vault/nodes/{site.code}/subjects", json=form, headers=headers)
    kept.raise_for_status()
    return str(kept.json()["subject"])


def dismiss(site: SiteOfBox) -> None:
    """Dismisses what is still parked: nothing but what nobody can read, whatever was asked."""
    with site.client() as client:
        rows = client.get("/site/parked").json()
        assert [row for row in rows if not row["where"].startswith(f"{site.code}.intake.v1/")] == []
        for row in rows:
            client.post(f"/site/parked/{row['service']}/dismiss", json={"numbers": [row["number"]]}).raise_for_status()


def test_no_route_fails_or_answers_what_it_does_not_declare(asking: Asking) -> None:
    """No fault, nothing undeclared, nothing taken that the description refuses; nothing is answered 'later' on a box that is well."""
    for operation in asking.operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asking.ask(operation, mode)
    assert asking.faults == [], "\n\n".join(asking.faults[:10])
    assert {status for route, answers in asking.answers.items() for status in answers if (route, status) not in ASKED_OFTEN} <= IN_ORDER
    assert len(asking.answers) >= 45, "every service's routes are described"
    reached = {route: answers[200] + answers[201] for route, answers in asking.answers.items()}
    assert [route for route, done in reached.items() if not done and route.startswith("GET ")] == [], "what is asked about stands nowhere"
    assert [route for route, done in reached.items() if not done + asking.answers[route][409]] == [], "no request came as far as the rules"


@pytest.mark.parametrize("site", [CITY, COUNTY])
@pytest.mark.parametrize(
    "path",
    [
        "/cases/x%00",
        "/cases/" + "(" * 30_000,
        "/clocks/clock:%00",
        "/clocks/" + "%28" * 9_000,
        "/find?number=%00",
        "/find?number=" + "9" * 5000,
        "/sign-in?next=" + "/" * 5000,
        "/nowhere%ff%00",
        "/static/kit/%00",
        "/static/kit/" + "a" * 5000,
        "/static/kit/..%2f..%2faccounts.json",
    ],
    ids=lambda path: path[:24],
)
def test_no_page_fails_whatever_its_address_holds(box: OneBox, site: str, path: str) -> None:
    headers = {"Accept": "text/html", "Authorization": f"Bearer {box.site(site).tokens['leader']}"}
    with httpx2.Client(base_url=box.site(site).address, headers=headers) as browser:
        answer = browser.get(path)
    assert answer.status_code in (200, 303, 404, 414, 422), answer.text[:300]


@pytest.mark.parametrize(
    "headers",
    [
        {b"Host": b"["},
        {b"Authorization": b"Bearer \xff\x80"},
        {b"Authorization": b"Bearer " + b"x" * 20_000},
        {b"Cookie": b"liandong-511525=\xff; =; ;;"},
        {b"traceparent": b"00-\xff-zz"},
        {b"Accept": b"text/html;q=\xff,;;,"},
        {b"Content-Type": b"\xff"},
        {b"If-Match": b"\xff"},
        {b"Sec-Fetch-Site": b"\xff", b"Origin": b"http://["},
    ],
    ids=lambda headers: repr(next(iter(headers.items())))[:40],
)
def test_no_header_makes_a_route_fail(box: OneBox, headers: dict[bytes, bytes]) -> None:
    site = box.site(COUNTY)
    with httpx2.Client(base_url=site.address) as client:
        told = {b"Authorization": f"Bearer {site.tokens['clerk']}".encode(), b"Idempotency-Key": b"k", b"Content-Type": b"application/json"}
        for method, path in (
            ("GET", f"/intake/nodes/{COUNTY}/cases"),
            ("POST", f"/intake/nodes/{COUNTY}/cases"),
            ("POST", "/sign-out"),
            ("GET", "/"),
        ):
            answer = client.request(method, path, headers=told | headers, content=b"{}" if method == "POST" else None)
            assert answer.status_code < 500, f"{method} {path}: {answer.text[:300]}"
