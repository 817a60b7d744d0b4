"""Passwords: right or wrong, nobody's, hashed anew when the parameters change, few at a time."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from libs.web.passwords import ROUNDS, Compared, Passwords, TooBusy, hashed, made_up

WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_a_password_is_right_or_wrong() -> None:
    kept, passwords = hashed("纸-tree-9"), Passwords()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.held(kept, "纸-tree-9") == Compared(True)
    for wrong in ("", "纸-tree-8", "纸-tree-9 ", "\udcff", "\0", "x" * 10_000):
        assert await passwords.held(kept, wrong) == Compared(False)


@pytest.mark.parametrize("kept", ["", "$argon2id$nonsense", "plain"])
async def test_what_is_no_password_lets_nobody_in(kept: str) -> None:
    passwords = Passwords()
    for password in ("", "plain", kept):
        assert await passwords.held(kept, password) == Compared(False)


async def test_nobodys_password_is_held_against_something_all_the_same() -> None:
    seen = list[str]()

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 (the library's name)
            seen.append(str(hash))
            return super().verify(hash, password)

    await Passwords(Watched()).held("", "x")
    (against,) = seen
    assert not ROUNDS.check_needs_rehash(against), "by the same rounds as everybody's"


async def test_what_was_hashed_by_other_rounds_is_hashed_anew() -> None:
    passwords, weak = Passwords(), WEAK.hash("x")
    found = await passwords.held(weak, "x")
    assert found.right
    assert await passwords.held(found.anew, "x") == Compared(True)
    assert await passwords.held(weak, "y") == Compared(False), "only what is right is hashed anew"


async def test_few_are_looked_at_together_and_who_comes_beyond_comes_again() -> None:
    gate, most, now = threading.Event(), [0], [0]

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            now[0] += 1
            most[0] = max(most[0], now[0])
            gate.wait(60)
            now[0] -= 1
            raise VerifyMismatchError

    passwords = Passwords(Slow(), threads=2, waiting=3)
    asked = [asyncio.create_task(passwords.held("x", "y")) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await passwords.held("x", "y")
    gate.set()
    assert await asyncio.gather(*asked) == [Compared(False)] * 5
    assert most[0] <= 2
    assert await passwords.held("x", "y") == Compared(False), "there is room again"


def test_a_password_that_is_made_up_can_be_read_out() -> None:
    found = {made_up() for _ in range(100)}
    assert len(found) == 100
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password) for password in found)
