"""Who may ask what: posts and nodes, tokens and cookies, and the ways around that are closed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from argon2 import PasswordHasher
from httpx2 import AsyncClient, Response
from starlette.requests import Request

from libs.authority import ACTS, READ_ONLY, Post, posted
from libs.web.accounts import digest
from libs.web.acting import word_of
from libs.web.addresses import local
from libs.web.entrance import RATES
from libs.web.front import caller
from libs.web.passwords import hashed
from libs.web.tests.site import HTML, PASSWORD, Stand

CASES = "/nodes/511525/cases"
FILING = {"item": "511A", "days": 3}
KEY = {"Idempotency-Key": "k1"}


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture(scope="module")
def one_stand() -> Stand:
    return Stand()


async def signed_in(client: AsyncClient, staff: str, to: str = "/page") -> Response:
    return await client.post("/sign-in", data={"staff": staff, "password": PASSWORD, "next": to})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic QzAxMTc6eA==", "bearer x y"])
async def test_without_a_token_that_is_somebodys_nothing_is_told(stand: Stand, header: str) -> None:
    async with stand.browser() as client:
        answer = await client.get("/me", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


MATRIX = [
    (post, node, path)
    for post in Post
    for node in ("511500", "511525", "511525100", "511526")
    for path in ("511500", "511525", "511525100", "511526", "511602")
]


@pytest.mark.parametrize(("post", "node", "path"), MATRIX)
async def test_post_and_node_must_both_cover_the_act(one_stand: Stand, post: Post, node: str, path: str) -> None:
    _, token = one_stand.accounts.issue("X1", posted([post], [node], last=date(2199, 12, 31)), "岗位")
    below = path == node or path.startswith(node) or (node == "511500" and path.startswith("5115"))
    async with one_stand.browser(token) as client:
        seen = (await client.get(f"/nodes/{path}")).status_code
        acted = (await client.post(f"/nodes/{path}/cases", json=FILING, headers=KEY)).status_code
        elsewhere = (await client.post(f"/elsewhere/{path}")).status_code
    assert seen == (200 if below and post in {*ACTS["intake.read-cases"].posts} - READ_ONLY else 403)
    assert acted == elsewhere == (200 if below and post in (Post.CLERK, Post.CHIEF_REPRESENTATIVE) else 403)


async def test_who_is_not_allowed_learns_which_post_and_node_it_was(stand: Stand) -> None:
    async with stand.browser(stand.clerk) as client:
        found = (await client.get("/nodes/511526")).json()
    assert (found["code"], found["detail"]) == ("not-allowed", "窗口受理（C0117）：「查阅办件」的授权限于 511525，不及于 511526")


async def test_somebody_who_opens_a_page_is_led_to_sign_in_and_back(stand: Stand) -> None:
    async with stand.browser() as client:
        led = await client.get("/page?month=2026-11", headers=HTML)
        assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/page%3Fmonth%3D2026-11")
        form = await client.get(led.headers["location"], headers=HTML)
        assert 'value="/page?month=2026-11"' in form.text
        begun = await signed_in(client, "L0001", "/page?month=2026-11")
        assert (begun.status_code, begun.headers["location"]) == (303, "/page?month=2026-11")
        page = await client.get("/page", headers=HTML)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "市中心领导 L0001" in page.text


@pytest.mark.parametrize(("url", "secure"), [("http://stand", False), ("https://stand", True)])
async def test_the_cookie_is_opaque_and_kept_from_scripts_and_other_sites(stand: Stand, url: str, secure: bool) -> None:
    async with stand.browser(url=url) as client:
        cookie = (await signed_in(client, "L0001")).headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == ("__Host-liandong-511525" if secure else "liandong-511525")
    assert stand.leader not in rest
    assert ("HttpOnly" in rest, "SameSite=strict" in rest, "Path=/" in rest, "Secure" in rest) == (True, True, True, secure)


async def test_over_https_a_cookie_that_another_host_may_have_set_is_nobodys(stand: Stand) -> None:
    async with stand.browser(url="https://stand") as client:
        await signed_in(client, "L0001")
        value = client.cookies["__Host-liandong-511525"]
        client.cookies.clear()
        client.cookies.set("liandong-511525", value)
        assert (await client.get("/me")).status_code == 401


async def test_a_cookie_reads_and_never_acts(stand: Stand) -> None:
    async with stand.browser() as client:
        await signed_in(client, "C0117")
        assert (await client.get("/me")).json() == {"staff": "C0117"}
        assert (await client.post(CASES, json=FILING, headers=KEY)).status_code == 401
        assert (await client.post(CASES, json=FILING, headers={**HTML, **KEY})).status_code == 401


async def test_a_wrong_header_is_not_made_good_by_a_cookie(stand: Stand) -> None:
    async with stand.browser() as client:
        await signed_in(client, "C0117")
        assert (await client.get("/me", headers={"Authorization": "Bearer wrong"})).status_code == 401


async def test_signing_out_ends_the_session_itself(stand: Stand) -> None:
    async with stand.browser() as client:
        await signed_in(client, "L0001")
        kept = dict(client.cookies)
        assert (await client.post("/sign-out")).status_code == 403, "not from a page of this session"
        word = word_of(kept["liandong-511525"])
        assert (await client.post("/sign-out", data={"csrf": word})).headers["location"] == "/sign-in"
        assert dict(client.cookies) == {}
        client.cookies.update(kept)
        assert (await client.get("/me")).status_code == 401


async def test_signing_in_again_leaves_the_old_session(stand: Stand) -> None:
    async with stand.browser() as client:
        await signed_in(client, "L0001")
        old = dict(client.cookies)
        await signed_in(client, "C0117")
        assert (await client.get("/me")).json() == {"staff": "C0117"}
        client.cookies.clear()
        client.cookies.update(old)
        assert (await client.get("/me")).status_code == 401


async def test_a_wrong_password_is_told_beside_the_field_as_an_account_that_there_is_not(stand: Stand) -> None:
    async with stand.browser() as client:
        unknown = await signed_in(client, "C9999", "/page")
        answer = await stand.sign_in(client, "C0117", "/page", "wrong")
        assert unknown.text.replace("C9999", "C0117") == answer.text
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert 'aria-invalid="true"' in answer.text
    assert 'value="wrong"' not in answer.text


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_a_form_from_another_site_is_refused(stand: Stand, header: dict[str, str], path: str) -> None:
    async with stand.browser() as client:
        answer = await client.post(path, data={"staff": "L0001", "password": PASSWORD}, headers=header)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://stand"}])
async def test_a_form_from_this_site_is_taken(stand: Stand, header: dict[str, str]) -> None:
    async with stand.browser() as client:
        assert (await client.post("/sign-in", data={"staff": "L0001", "password": PASSWORD}, headers=header)).status_code == 303


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "evil",
    "",
    "/a\nb",
    "javascript:alert(1)",
    "/\t/evil.example",
]


@pytest.mark.parametrize("to", ELSEWHERE)
async def test_nobody_is_sent_elsewhere(stand: Stand, to: str) -> None:
    async with stand.browser() as client:
        assert (await signed_in(client, "L0001", to)).headers["location"] == "/"
        assert 'name="next" value="/"' in (await client.get("/sign-in", params={"next": to})).text


@pytest.mark.parametrize("to", ["/", "/page", "/cases/511525-1?x=1&y=//z"])
def test_own_pages_are_kept(to: str) -> None:
    assert local(to) == to


async def test_a_hall_that_comes_from_one_address_signs_in_and_who_guesses_on_waits(stand: Stand) -> None:
    most = RATES["sign-in"].most
    async with stand.browser() as client:
        tried = [await signed_in(client, f"wrong-{n}") for n in range(2 * most)]
        answers = [answer.status_code for answer in tried]
        assert answers[:most] == [401] * most
        assert 429 in answers[most:]
    waits = [int(answer.headers["retry-after"]) for answer in tried if answer.status_code == 429]
    assert 0 < max(waits) <= RATES["sign-in"].seconds


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("::FFFF:0a01:0204", "10.1.2.4"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_household_counts_once(host: str | None, counted: str) -> None:
    assert caller(Request({"type": "http", "client": (host, 9) if host else None})) == counted


async def test_a_password_of_one_is_not_anothers_and_a_token_is_no_password(stand: Stand) -> None:
    stand.accounts.set_password(person := stand.accounts.people[0], hashed("another"))
    async with stand.browser() as client:
        assert (await signed_in(client, person.staff)).status_code == 401
        assert (await stand.sign_in(client, "C0122", password=stand.other)).status_code == 401
        assert (await stand.sign_in(client, " C0122 ")).status_code == 303, "spaces around a number are nobody's fault"


async def test_a_new_password_ends_the_sessions_of_the_old_one(stand: Stand) -> None:
    async with stand.browser() as client:
        await signed_in(client, "C0117")
        assert (await client.get("/me")).status_code == 200
        stand.accounts.set_password(stand.accounts.people[0], hashed("another"))
        assert (await client.get("/me")).status_code == 401


async def test_a_password_of_other_rounds_is_hashed_anew_and_the_session_stays(stand: Stand) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    stand.accounts.set_password(stand.accounts.people[0], weak)
    async with stand.browser() as client:
        assert (await signed_in(client, "C0117")).status_code == 303
        kept = await stand.app.state.entrance.rehashed.find("C0117", digest(f"C0117\n{weak}"))
        assert kept.startswith("$argon2id$v=19$m=19456")
        assert (await client.get("/me")).status_code == 200
        assert (await signed_in(client, "C0117")).status_code == 303


@pytest.mark.parametrize("listed", [True, False])
async def test_only_one_box_lists_its_accounts(listed: bool) -> None:
    async with Stand(listed=listed).browser() as client:
        page = (await client.get("/sign-in", headers=HTML)).text
    assert [said in page for said in (">C0122</a>", "市中心领导", "宜宾市 511500")] == [listed] * 3
    assert "$argon2id" not in page


async def test_an_account_of_the_list_is_chosen_without_a_script() -> None:
    async with Stand(listed=True).browser() as client:
        page = (await client.get("/sign-in", params={"next": "/page?a=1&b=高"}, headers=HTML)).text
        (link,) = re.findall(r'href="(/sign-in\?staff=C0122&amp;[^"#]*)#password"', page)
        filled = (await client.get(unescape(link), headers=HTML)).text
        hostile = (await client.get("/sign-in", params={"staff": '"><script>1</script>'}, headers=HTML)).text
    assert re.search(r'name="staff"[^>]*value="C0122"', filled)
    assert 'name="next" value="/page?a=1&amp;b=高"' in filled
    assert "没有登录成功" not in filled
    assert "<script>" not in hostile


async def test_the_catalogue_is_for_everybody_and_shows_who_has_signed_in(stand: Stand) -> None:
    async with stand.browser() as client:
        assert 'action="/sign-out"' not in (await client.get("/kit", headers=HTML)).text
        await signed_in(client, "L0001")
        for path in ("/kit", "/kit/public"):
            page = await client.get(path, headers=HTML)
            assert (page.status_code, "市中心领导 L0001" in page.text) == (200, True)
        assert 'href="/network"' in (await client.get("/kit", headers=HTML)).text


async def test_one_account_is_not_tried_from_everywhere(stand: Stand) -> None:
    wait = stand.app.state.entrance.limits.wait
    for _ in range(RATES["sign-in-account"].most):
        await wait("sign-in-account", "C0117")
    async with stand.browser() as client:
        assert (await signed_in(client, "C0117")).status_code == 429
        assert (await signed_in(client, "C0122")).status_code == 303


async def test_without_pages_there_is_nothing_to_sign_in_to() -> None:
    stand = Stand(pages=False)
    async with stand.browser() as client:
        assert (await client.get("/sign-in")).status_code == 404
        assert (await client.get("/me", headers=HTML)).status_code == 401
