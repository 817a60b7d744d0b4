"""The pages as a browser gets them: each answers, says what it should, carries no inline style or script; links lead on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx2
import pytest

from services.onebox import Door, OneBox, SiteOfBox, publish, settle, work

pytestmark = pytest.mark.server
COUNTY = "511525"


@contextmanager
def browser(site: SiteOfBox) -> Iterator[httpx2.Client]:
    """Somebody signed in as the leader."""
    with httpx2.Client(base_url=site.address, follow_redirects=True, headers={"Accept": "text/html"}) as client:
        site.sign_in(client)
        yield client


@pytest.fixture(scope="module")
def worked(box: OneBox) -> Iterator[str]:
    """A case that is suspended, so that it has everything a page can show."""
    with Door(box.site(COUNTY), "pages") as door:
        publish(door, COUNTY)
        for n in range(12):
            work(door, COUNTY, n, datetime.now(UTC))
        settle(box)
        with box.site(COUNTY).client() as client:
            rows = client.get(f"/intake/nodes/{COUNTY}/cases", params={"limit": 100}).json()["cases"]
        yield next(row["case"] for row in rows if row["accepted_at"])


def seen(client: httpx2.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"].startswith("text/html")
    assert not re.search(r"<script|\sstyle=|\son\w+=", answer.text), f"{path} carries something inline"
    return answer.text


def test_the_citys_pages(box: OneBox, worked: str) -> None:
    with browser(box.city) as client:
        city = seen(client, "/")
        assert "全市一览" in city
        assert city.count("在线") >= 16
        assert "链头" in seen(client, "/network")
        case = seen(client, f"/find?number={worked}")
        assert "链校验一致" in case
        assert "受理" in case
        links = re.findall(rf'href="({re.escape(box.site(COUNTY).address)}/clocks/[^"]+)"', case)
        assert links, "every due date leads to its proof at the site that gives it"
        missing = client.get("/cases/511525-20260101-000001-1")
        assert (missing.status_code, "没有找到" in missing.text) == (404, True)


def test_the_sites_pages_and_the_proof_of_a_deadline(box: OneBox, worked: str) -> None:
    with browser(box.site(COUNTY)) as client:
        assert "庆岭镇便民服务站" in seen(client, "/")
        links = re.findall(r'href="(/clocks/[^"]+)"', seen(client, f"/cases/{worked}"))
        assert len(links) >= 3
        for link in links:
            proof = seen(client, link)
            assert "时限凭证" in proof
            assert "民法典第二百零一条" in proof
        assert any("行政许可法" in seen(client, link) for link in links)


def test_without_signing_in_one_is_led_to_the_door(box: OneBox) -> None:
    with httpx2.Client(base_url=box.city.address, headers={"Accept": "text/html"}) as stranger:
        answer = stranger.get("/city")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/city")
