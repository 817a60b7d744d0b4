"""What every entrance does, whatever it keeps its rows in: tests to be inherited, over an entrance whose time can pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from libs.authority import Post, posted
from libs.web import IDLE, KEPT_FORM, KEPT_FORMS, LONGEST_SESSION, RATES, Accounts, Entrance

NODE = "511525"
PLACE = "/cases/511525-20070305-000001-0/notice"
TYPED = {"missing": "占用范围平面图", "days": "5", "reasons": "第一行\n第二行"}
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Standing:
    """An entrance under test; `pass_time` has everything it keeps grow older."""

    entrance: Entrance
    accounts: Accounts
    pass_time: Callable[[timedelta], Awaitable[None]]
    keys: dict[str, str] = field(default_factory=dict)

    async def begun(self, staff: str = "C0117") -> str:
        """A new session of somebody who works here: its cookie."""
        if staff not in self.keys:
            _, token = self.accounts.issue(staff, posted([Post.CLERK], [NODE]), "窗口受理")
            self.keys[staff] = token
        account = self.accounts.by_token(self.keys[staff])
        assert account is not None
        from libs.web.accounts import digest

        return await self.entrance.sessions.begin(account, digest(self.keys[staff]))

    async def who(self, cookie: str) -> str:
        """The staff number of whoever is known by the cookie; empty for nobody."""
        account = await self.entrance.sessions.reader(cookie)
        return account.staff if account else ""


class EntranceSuite:
    """To be inherited by a class with a fixture `stands`."""

    async def test_who_signed_in_is_known_by_an_opaque_cookie(self, stands: Standing) -> None:
        one, other = await stands.begun(), await stands.begun("C0122")
        assert (await stands.who(one), await stands.who(other)) == ("C0117", "C0122")
        assert len({one, other, await stands.begun()}) == 3
        assert all(len(cookie) >= 43 for cookie in (one, other))

    @pytest.mark.parametrize("cookie", ["", "x", "\udcff", "\0", "窗口", "a" * 10_000])
    async def test_nobody_is_known_by_another(self, stands: Standing, cookie: str) -> None:
        await stands.begun()
        assert await stands.who(cookie) == ""

    async def test_a_session_in_which_nothing_is_asked_ends(self, stands: Standing) -> None:
        cookie = await stands.begun()
        await stands.pass_time(IDLE - 2 * MINUTE)
        assert await stands.who(cookie) == "C0117"
        await stands.pass_time(IDLE - 2 * MINUTE)
        assert await stands.who(cookie) == "C0117", "what was asked kept it"
        await stands.pass_time(IDLE + MINUTE)
        assert await stands.who(cookie) == ""

    async def test_a_session_ends_with_the_day_whatever_is_asked(self, stands: Standing) -> None:
        cookie, turns = await stands.begun(), LONGEST_SESSION // (IDLE - 5 * MINUTE)
        for _ in range(turns):
            await stands.pass_time(IDLE - 5 * MINUTE)
            assert await stands.who(cookie) == "C0117"
        await stands.pass_time(IDLE - 5 * MINUTE)
        assert await stands.who(cookie) == ""

    async def test_signing_out_ends_one_session(self, stands: Standing) -> None:
        one, other = await stands.begun(), await stands.begun()
        await stands.entrance.sessions.end(one)
        assert (await stands.who(one), await stands.who(other)) == ("", "C0117")

    async def test_signing_out_everywhere_ends_all_of_one_person(self, stands: Standing) -> None:
        mine, theirs = [await stands.begun(), await stands.begun()], await stands.begun("C0122")
        await stands.entrance.sessions.end_all("C0117")
        assert [await stands.who(cookie) for cookie in (*mine, theirs)] == ["", "", "C0122"]

    async def test_a_session_ends_with_what_it_was_begun_with(self, stands: Standing) -> None:
        cookie = await stands.begun()
        stands.accounts._by_digest.clear()
        assert await stands.who(cookie) == ""

    # --- rates ----------------------------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", RATES)
    async def test_so_many_at_once_and_then_one_by_one(self, stands: Standing, name: str) -> None:
        rate, wait = RATES[name], stands.entrance.limits.wait
        assert [await wait(name, "a") for _ in range(rate.most)] == [0] * rate.most
        assert 0 < await wait(name, "a") <= rate.each.total_seconds() + 1
        assert await wait(name, "b") == 0, "another's"
        await stands.pass_time(rate.each)
        assert await wait(name, "a") == 0
        assert await wait(name, "a") > 0
        await stands.pass_time(rate.whole)
        assert [await wait(name, "a") for _ in range(rate.most)] == [0] * rate.most

    async def test_who_waits_is_not_counted(self, stands: Standing) -> None:
        rate, wait = RATES["sign-in"], stands.entrance.limits.wait
        said = [await wait("sign-in", "a") for _ in range(3 * rate.most)]
        assert max(said) <= rate.each.total_seconds() + 1

    async def test_of_many_at_once_no_more_go_on(self, stands: Standing) -> None:
        rate = RATES["follow-code"]
        said = await asyncio.gather(*(stands.entrance.limits.wait("follow-code", "a") for _ in range(5 * rate.most)))
        assert said.count(0) == rate.most

    async def test_what_is_tried_has_a_name(self, stands: Standing) -> None:
        with pytest.raises(KeyError):
            await stands.entrance.limits.wait("whatever", "a")

    # --- what was typed -------------------------------------------------------------------------------------------------------------------

    async def test_what_was_typed_comes_back_to_whoever_typed_it(self, stands: Standing) -> None:
        forms, cookie = stands.entrance.forms, await stands.begun()
        await stands.pass_time(IDLE + MINUTE)
        assert await stands.who(cookie) == ""
        key = await forms.keep(cookie, PLACE, TYPED)
        assert dict(await forms.fields(key, PLACE, "C0117")) == TYPED
        assert await forms.fields(key, PLACE, "C0122") == {}, "somebody else at the same screen"
        assert await forms.fields(key, "/elsewhere", "C0117") == {}
        assert await forms.fields(key[:-1], PLACE, "C0117") == {}
        assert await forms.fields("\udcff", PLACE, "C0117") == {}
        await forms.drop(key)
        assert await forms.fields(key, PLACE, "C0117") == {}

    async def test_nothing_is_kept_for_nobody(self, stands: Standing) -> None:
        cookie = await stands.begun()
        await stands.entrance.sessions.end(cookie)
        assert await stands.entrance.forms.keep(cookie, PLACE, TYPED) == ""
        assert await stands.entrance.forms.keep("made up", PLACE, TYPED) == ""

    async def test_of_what_one_person_typed_the_newest_is_kept(self, stands: Standing) -> None:
        forms, cookie, other = stands.entrance.forms, await stands.begun(), await stands.begun("C0122")
        theirs = await forms.keep(other, PLACE, TYPED)
        keys = [await forms.keep(cookie, PLACE, TYPED) for _ in range(KEPT_FORMS + 2)]
        assert [bool(await forms.fields(key, PLACE, "C0117")) for key in keys] == [False] * 2 + [True] * KEPT_FORMS
        assert await forms.fields(theirs, PLACE, "C0122") != {}

    async def test_what_was_typed_is_kept_for_an_hour(self, stands: Standing) -> None:
        forms, cookie = stands.entrance.forms, await stands.begun()
        key = await forms.keep(cookie, PLACE, TYPED)
        await stands.pass_time(KEPT_FORM - MINUTE)
        assert dict(await forms.fields(key, PLACE, "C0117")) == TYPED
        await stands.pass_time(2 * MINUTE)
        assert await forms.fields(key, PLACE, "C0117") == {}
