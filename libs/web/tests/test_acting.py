"""Acts from a page: by session, same origin and the session's word together; and what was typed when the session ran out."""

from __future__ import annotations

import re

import pytest
from httpx2 import AsyncClient, Response

from libs.web.acting import word_of
from libs.web.entrance import IDLE, KEPT_FORM
from libs.web.tests.site import HTML, PASSWORD, Stand

NOTICE = "/notice/511525"
MISSING = "占用范围平面图 <b>&amp;</b>"
HERE = {**HTML, "Sec-Fetch-Site": "same-origin", "Referer": f"http://stand{NOTICE}?step=2"}


@pytest.fixture
def stand() -> Stand:
    return Stand()


def word_in(page: Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


async def sign_in(client: AsyncClient, staff: str, to: str = "/") -> Response:
    answer = await client.post("/sign-in", data={"staff": staff, "password": PASSWORD, "next": to})
    assert answer.status_code == 303, answer.text
    return answer


async def send(client: AsyncClient, word: str, headers: dict[str, str] = HERE, path: str = NOTICE) -> Response:
    return await client.post(path, data={"csrf": word, "missing": MISSING}, headers=headers)


async def test_a_form_of_the_session_acts(stand: Stand) -> None:
    async with stand.browser() as client:
        await sign_in(client, "C0117")
        answer = await send(client, word_in(await client.get(NOTICE, headers=HTML)))
    assert (answer.status_code, answer.text) == (200, f"C0117 511525 {MISSING}")


async def test_every_one_of_the_three_is_needed(stand: Stand) -> None:
    async with stand.browser() as client, stand.browser() as other:
        await sign_in(client, "C0117")
        await sign_in(other, "C0117")
        word, others = word_in(await client.get(NOTICE, headers=HTML)), word_in(await other.get(NOTICE, headers=HTML))
        assert (await send(client, "")).status_code == 403
        assert (await send(client, others)).status_code == 403, "another session's, of the same person"
        assert (await send(client, word_of(""))).status_code == 403
        assert (await client.post(NOTICE, data={"missing": "x"}, headers=HERE)).status_code == 403
        for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}):
            assert (await send(client, word, {**HTML, **elsewhere})).status_code == 403
        assert (await send(client, word)).status_code == 200
        client.cookies.clear()
        assert (await send(client, word)).status_code == 403, "a word without its session"


async def test_a_token_acts_at_no_form(stand: Stand) -> None:
    async with stand.browser(stand.clerk) as client:
        assert (await send(client, "")).status_code == 403


async def test_a_form_asks_for_post_and_node_as_everything_does(stand: Stand) -> None:
    async with stand.browser() as client:
        await sign_in(client, "C0117")
        word = word_in(await client.get(NOTICE, headers=HTML))
        assert (await send(client, word, path="/notice/511526")).status_code == 403
        await sign_in(client, "L0001")
        assert (await send(client, word_in(await client.get("/page", headers=HTML)))).status_code == 403


async def test_a_form_is_read_strictly(stand: Stand) -> None:
    async with stand.browser() as client:
        await sign_in(client, "C0117")
        word = word_in(await client.get(NOTICE, headers=HTML))
        twice = {**HERE, "Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.post(NOTICE, content=f"csrf={word}&csrf={word}", headers=twice)).status_code == 422
        assert (await client.post(NOTICE, data={"csrf": word, "other": "x"}, headers=HERE)).status_code == 422
        assert (await client.post(NOTICE, json={"csrf": word}, headers=HERE)).status_code == 403


async def run_out(stand: Stand, client: AsyncClient) -> Response:
    """Signs in, opens the form, types, and comes too late."""
    await sign_in(client, "C0117")
    word = word_in(await client.get(NOTICE + "?step=2", headers=HTML))
    stand.seconds += IDLE.total_seconds()
    return await send(client, word)


async def test_what_was_typed_stands_in_the_form_again(stand: Stand) -> None:
    async with stand.browser() as client:
        led = await run_out(stand, client)
        assert (led.status_code, led.headers["location"]) == (303, f"/sign-in?next={NOTICE}%3Fstep%3D2")
        cookie = led.headers["set-cookie"]
        assert all(said in cookie for said in ("liandong-511525-typed=", "HttpOnly", "SameSite=strict", "Max-Age=3600"))
        assert "填写" in (await client.get(led.headers["location"], headers=HTML)).text, "it is said that nothing is lost"
        back = await sign_in(client, "C0117", f"{NOTICE}?step=2")
        page = await client.get(back.headers["location"], headers=HTML)
        assert 'value="占用范围平面图 &lt;b&gt;&amp;amp;&lt;/b&gt;"' in page.text
        again = await client.get(back.headers["location"], headers=HTML)
        assert again.text == page.text, "until it is sent"
        assert (await send(client, word_in(page))).text == f"C0117 511525 {MISSING}"
        assert "占用范围" not in (await client.get(NOTICE + "?step=2", headers=HTML)).text


async def test_nothing_is_shown_to_somebody_else_or_on_another_page_or_after_an_hour(stand: Stand) -> None:
    async with stand.browser() as client:
        await run_out(stand, client)
        await sign_in(client, "C0122")
        assert "占用范围" not in (await client.get(NOTICE + "?step=2", headers=HTML)).text
        await sign_in(client, "C0117")
        assert "占用范围" not in (await client.get("/notice/511525100?step=2", headers=HTML)).text
        assert "占用范围" in (await client.get(NOTICE + "?step=2", headers=HTML)).text
        stand.seconds += KEPT_FORM.total_seconds()
        await sign_in(client, "C0117")
        assert "占用范围" not in (await client.get(NOTICE + "?step=2", headers=HTML)).text


async def test_what_was_typed_waits_whatever_is_sent_from_other_pages_or_by_others(stand: Stand) -> None:
    async with stand.browser() as client:
        await run_out(stand, client)
        for staff, page in (("C0122", "?step=2"), ("C0117", "?step=3")):
            await sign_in(client, staff)
            word = word_in(await client.get(NOTICE, headers=HTML))
            assert (await send(client, word, {**HERE, "Referer": f"http://stand{NOTICE}{page}"})).status_code == 200
        assert "占用范围" in (await client.get(NOTICE + "?step=2", headers=HTML)).text


@pytest.mark.parametrize("referer", ["", "http://evil.example/notice", "http://stand//evil.example", "junk"])
async def test_the_way_back_stays_here(stand: Stand, referer: str) -> None:
    async with stand.browser() as client:
        await sign_in(client, "C0117")
        word = word_in(await client.get(NOTICE, headers=HTML))
        stand.seconds += IDLE.total_seconds()
        led = await send(client, word, {**HTML, **({"Referer": referer} if referer else {})})
    assert led.headers["location"] in (f"/sign-in?next={NOTICE}", "/sign-in?next=/")


async def test_nothing_is_put_aside_for_whoever_signed_out(stand: Stand) -> None:
    async with stand.browser() as client:
        await sign_in(client, "C0117")
        word, kept = word_in(await client.get(NOTICE, headers=HTML)), dict(client.cookies)
        await client.post("/sign-out", data={"csrf": word})
        client.cookies.update(kept)
        led = await send(client, word)
    assert (led.status_code, "set-cookie" in led.headers) == (303, False)


async def test_one_signs_out_of_every_browser_at_once(stand: Stand) -> None:
    async with stand.browser() as one, stand.browser() as other:
        await sign_in(one, "C0117")
        await sign_in(other, "C0117")
        word = word_in(mine := await one.get("/account", headers=HTML))
        assert "C0117" in mine.text
        assert (await one.post("/sign-out", data={"everywhere": "1"})).status_code == 403
        assert (await other.get("/me")).status_code == 200
        assert (await one.post("/sign-out", data={"csrf": word, "everywhere": "1"})).status_code == 303
        assert ((await one.get("/me")).status_code, (await other.get("/me")).status_code) == (401, 401)
