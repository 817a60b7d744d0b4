"""A replay is over when everything stands at the heads: what is heard, what is shown at the site, and what the city has verified."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx2
import pytest

from services.onebox.replay import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.onebox import OneBox

SOURCE = "urn:liandong:511525:intake"
CURSOR = {"source": SOURCE, "sequence": 7, "behind": False}
LAGGING = {"view": "cases", "source": SOURCE, "lag": 2}


class Answers:
    """Stands in for a site of a box: what its addresses answer."""

    def __init__(self, cursors: list[dict[str, Any]], behind: list[dict[str, Any]], verified: int) -> None:
        service = {"heads": [{"source": SOURCE, "sequence": 7}], "cursors": cursors, "views_behind": behind}
        self.paths = {"/site/status": {"services": {"intake": service}}, "/hub/feeds": [{"source": SOURCE, "verified": verified}]}
        self.sites, self.city = [self], self
        self.asked: list[str] = []

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        with httpx2.Client(transport=httpx2.MockTransport(self._answer), base_url="http://site") as client:
            yield client

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        return httpx2.Response(200, json=self.paths[request.url.path])


def test_where_everything_stands_at_the_heads_twice_it_is_over() -> None:
    box = Answers([CURSOR], [], 7)
    settle(cast("OneBox", box))
    assert box.asked == ["/site/status", "/hub/feeds"] * 2


@pytest.mark.parametrize(
    ("cursors", "behind", "verified"),
    [([{**CURSOR, "sequence": 6}], [], 7), ([{**CURSOR, "behind": True}], [], 7), ([CURSOR], [LAGGING], 7), ([CURSOR], [], 6)],
    ids=["a consumer has not heard all", "a consumer misses something", "a view of the site lags", "the city has not verified all"],
)
def test_while_something_lags_it_is_not_over(cursors: list[dict[str, Any]], behind: list[dict[str, Any]], verified: int) -> None:
    with pytest.raises(TimeoutError, match="市中心"):
        settle(cast("OneBox", Answers(cursors, behind, verified)), seconds=0.5)
