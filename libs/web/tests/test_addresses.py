"""Addresses within the house, made of parts that others said."""

from __future__ import annotations

import pytest
from httpx2 import URL
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from libs.web.addresses import back_to, inner, local, quoted


@pytest.mark.parametrize("part", ["", ".", "..", "a/b", "../x", "/", "a\\b", "a\x00", "a\nb", "\x7f", "\ud800"])
def test_what_is_no_part_of_an_address_leads_nowhere(part: str) -> None:
    with pytest.raises(HTTPException) as no:
        inner("/cases/{case}", case=part)
    assert no.value.status_code == 404


@pytest.mark.parametrize(
    ("part", "address"),
    [
        ("511525-20261123-000001-7", "/cases/511525-20261123-000001-7/clocks"),
        ("clock:1:promised", "/cases/clock:1:promised/clocks"),
        ("a?x=1#b", "/cases/a%3Fx%3D1%23b/clocks"),
        ("%2e%2e%2f", "/cases/%252e%252e%252f/clocks"),
        ("{case}", "/cases/%7Bcase%7D/clocks"),
        ("食 品", "/cases/%E9%A3%9F%20%E5%93%81/clocks"),
    ],
)
def test_a_part_is_quoted(part: str, address: str) -> None:
    assert inner("/cases/{case}/clocks", case=part) == address


@given(st.text())
def test_whatever_is_said_a_client_asks_for_that_place_or_nobody_is_asked(part: str) -> None:
    try:
        address = inner("/hub/cases/{case}", case=part)
    except HTTPException:
        return
    asked = URL("http://site").join(address)
    assert (asked.path, asked.query, asked.fragment, asked.host) == (f"/hub/cases/{part}", b"", "", "site")


@pytest.mark.parametrize("said", ["../x", "a/b", "?x", "#x", '"><script>', "%2f"])
def test_in_a_link_everything_is_quoted(said: str) -> None:
    assert not set(quoted(said)) & set('/?#"<>')


@pytest.mark.parametrize(
    "to", ["/cases/511525198003070023", "/find?number=13990900001", "/find?number=139%2D9090%2D0001", "/?a=511525198003070023#b"]
)
def test_no_address_that_follows_has_somebodys_number(to: str) -> None:
    assert local(to) == "/"
    path, _, query = to.partition("?")
    assert [back_to(path, query, refused=refused) for refused in (False, True)] in (["/", "/"], ["/", path])


@pytest.mark.parametrize(("path", "back"), [("/cases/511525-20070305-000001-0", True), ("/cases/欧阳标记", False), ("/nowhere", True)])
def test_a_page_that_refuses_repeats_of_the_address_what_is_ours(path: str, back: bool) -> None:
    assert back_to(path, "a=欧阳标记", refused=True) == (path if back else "/")
    assert back_to(path, "a=1", refused=False) == f"{path}?a=1"
