"""The pages as they are written: each is valid HTML, full and empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from starlette.requests import Request

import services.dashboard
from libs.testkit.markup import invalid
from libs.web import Pages
from services.dashboard.tests import answers
from services.dashboard.tests.answers import CASE, CLOCK, clock, recent, row
from services.dashboard.views import city_model, clock_rows, feed_rows, placed, proof_model, timeline_model

pytestmark = pytest.mark.server
TEMPLATES: Final = Path(services.dashboard.__file__).parent / "templates"
PAGES: Final = Pages(TEMPLATES, brand="联动")


def written(name: str, **context: Any) -> str:
    """A page as the browser gets it."""
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "state": {}})
    return bytes(PAGES.render(request, name, **context).body).decode()


def test_every_page_is_valid() -> None:
    full, bare = city_model(answers.city(recent("examined", red=True))), city_model(answers.city())
    feeds = feed_rows(answers.kept("hub-feeds"))
    case = timeline_model(answers.timeline(row(), clocks=(clock(),)))
    of_site = {"case": placed(answers.listed()), "number": CASE, "city": "http://city"}
    pages = {
        "city.html": written("city.html", city=full),
        "city.html, empty": written("city.html", city=bare),
        "network.html": written("network.html", feeds=feeds, city=full),
        "case.html": written("case.html", found=case, case=CASE),
        "clocks.html": written("clocks.html", clocks=clock_rows(answers.kept("deadline-clocks")), **of_site),
        "clocks.html, empty": written("clocks.html", clocks=[], **of_site),
        "proof.html": written("proof.html", proof=proof_model(answers.proof()), clock=CLOCK),
        "here.html": written("here.html", nodes=[], city="http://city", status={"services": {}}),
    }
    assert {path.name for path in TEMPLATES.iterdir()} <= set(pages)
    assert invalid(pages) == []
