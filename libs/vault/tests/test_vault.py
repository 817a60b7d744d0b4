"""What the vault promises, whoever keeps its rows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from libs.eventlog import KeyReused
from libs.vault import ErasedFile, MadeUpKeys, NobodyThere, Vault, VaultPort, VaultRows, Wrapped, made_up_vault, no_vault
from libs.vault.follow import ALPHABET, plain
from libs.vault.recent import Recent
from libs.vault.subjects import KnownSubject
from libs.vault.tests.people import LI, NODE, WANG, agent, keep, line, opened, person, text


async def test_what_is_kept_is_opened_as_it_was_said(vault: Vault) -> None:
    subject = await keep(vault, person())
    assert await opened(vault, subject) == LI
    assert await vault.known(subject, NODE)
    assert not await vault.known(subject, "511526")


async def test_nothing_of_it_stands_open_in_the_rows(vault: Vault) -> None:
    subject = await keep(vault, person())
    row, sealed = await vault.rows.find(subject), await vault.rows.sealed(subject)
    everything = repr(row) + repr(sealed)
    assert sorted(sealed) == sorted(LI)
    for said in LI.values():
        assert said not in everything
        assert said.encode() not in b"".join(sealed.values())


async def test_the_same_key_gives_the_same_subject_and_another_request_under_it_is_refused(vault: Vault) -> None:
    first = await keep(vault, person(), key="k1", request="one")
    assert await keep(vault, person(), key="k1", request="one") == first
    with pytest.raises(KeyReused):
        await keep(vault, person(WANG), key="k1", request="two")
    assert await opened(vault, first) == LI
    assert await keep(vault, person(), key="k1", request="one", node="511525100") != first, "keys belong to a node"


async def test_the_same_key_at_the_same_time_gives_one_subject(vault: Vault) -> None:
    found = await asyncio.gather(*(keep(vault, person(), key="k1") for _ in range(6)))
    assert len(set(found)) == 1
    assert await vault.same(found[0]) == ()


async def test_a_key_that_was_made_of_what_was_typed_tells_nothing(vault: Vault) -> None:
    row = await vault.rows.find(await keep(vault, person(), key=LI["resident_id"]))
    assert row is not None
    assert LI["resident_id"] not in repr(row)


async def test_the_same_person_is_found_and_no_other(vault: Vault) -> None:
    first, other = await keep(vault, person()), await keep(vault, person(WANG))
    again = await keep(vault, person({**LI, "name": "李秀瑛"}))
    assert await vault.same(again) == (first,)
    assert await vault.same(other) == ()
    acting = await keep(vault, agent(first))
    assert await vault.same(acting) == (other,)


async def test_who_is_erased_is_gone_with_key_ciphertext_and_digests(vault: Vault, tmp_path: Path) -> None:
    subject, again = await keep(vault, person(), key="k1"), await keep(vault, person())
    assert await vault.erase(line(subject))
    row = await vault.rows.find(subject)
    assert row is not None
    assert (row.wrapped, row.body, row.erased) == (None, b"", line(subject))
    assert await vault.rows.sealed(subject) == {}
    assert await opened(vault, subject) == {}
    assert await vault.same(again) == ()
    assert not await vault.known(subject, NODE)
    assert list(ErasedFile(tmp_path / "vault.erased").lines()) == [line(subject)]
    with pytest.raises(KeyReused):  # a repetition brings nobody back
        await keep(vault, person(), key="k1")
    assert await vault.erase(line(subject)), "twice is once"
    assert len(list(ErasedFile(tmp_path / "vault.erased").lines())) == 1


async def test_nobody_is_erased_while_a_case_runs(vault: Vault, tmp_path: Path) -> None:
    subject = await keep(vault, person())
    await vault.rows.hold([("c1", subject, "511A"), ("c2", subject, "511B"), ("c3", "subj-of-nobody", "511A")])
    await vault.rows.hold([("c1", subject, "511A")])
    await vault.rows.release(["c1"])
    assert await vault.rows.cases(subject) == {"c1": False, "c2": True}
    assert [await vault.rows.item(case, subject) for case in ("c1", "c2", "c3")] == ["511A", "511B", ""]
    assert [await vault.rows.item(case) for case in ("c1", "c2", "c3")] == ["511A", "511B", ""]
    assert not await vault.erase(line(subject))
    assert await opened(vault, subject) == LI
    assert not (tmp_path / "vault.erased").exists()
    await vault.rows.release(["c2"])
    assert await vault.erase(line(subject))


async def test_what_is_of_somebody_is_held_by_their_cases_too(vault: Vault) -> None:
    subject, other = await keep(vault, person()), await keep(vault, person(WANG))
    wrote, acting = await keep(vault, text(subject)), await keep(vault, agent(subject))
    await vault.rows.hold([("c1", subject, "511A"), ("c2", other, "511B"), ("c3", acting, "511C")])
    assert await vault.rows.cases(wrote) == {"c1": True}
    assert await vault.rows.cases(acting) == {"c1": True, "c3": True}
    assert [await vault.rows.item(case, wrote) for case in ("c1", "c2")] == ["511A", ""]
    await vault.rows.release(["c3"])
    assert [await vault.erase(line(one)) for one in (wrote, acting)] == [False, False]
    await vault.rows.release(["c1"])
    assert [await vault.erase(line(one)) for one in (wrote, acting)] == [True, True]


async def test_what_a_person_wrote_is_named_for_erasing_with_the_person(vault: Vault) -> None:
    subject = await keep(vault, person())
    wrote = [await keep(vault, text(subject)), await keep(vault, text(subject, "谢谢"))]
    await keep(vault, agent(subject))
    assert await vault.rows.texts_of(subject) == sorted(wrote)
    await vault.erase(line(wrote[0]))
    assert await vault.rows.texts_of(subject) == [wrote[1]]
    assert await vault.rows.left_behind() == []
    await vault.erase(line(subject))
    assert await vault.rows.left_behind() == [line(wrote[1])], "the agent is somebody else"


async def test_whoever_is_erased_meanwhile_writes_nothing_more(vault: Vault) -> None:
    subject = await keep(vault, person())
    first = await keep(vault, text(subject), key="k1")
    await vault.erase(line(first))
    await vault.erase(line(subject))
    for late in (text(subject), agent(subject), text("subj-of-nobody")):
        with pytest.raises(NobodyThere):
            await keep(vault, late)
    assert await vault.rows.texts_of(subject) == []


async def test_a_text_is_kept_or_its_author_erased_never_both(vault: Vault) -> None:
    subject = await keep(vault, person())
    done = await asyncio.gather(vault.erase(line(subject)), *(keep(vault, text(subject)) for _ in range(4)), return_exceptions=True)
    kept = [one for one in done[1:] if isinstance(one, str)]
    assert done[0] is True
    assert all(isinstance(one, str | NobodyThere) for one in done[1:])
    assert await vault.rows.texts_of(subject) == sorted(kept), "who asks after the erasure is told all of them"


async def test_an_erasure_is_unsaid_until_it_is_said(vault: Vault) -> None:
    subject = await keep(vault, person())
    await vault.erase(line(subject))
    assert await vault.rows.unsaid() == [line(subject)]
    await vault.rows.said([subject])
    assert await vault.rows.unsaid() == []


async def test_whoever_a_restore_brings_back_is_erased_at_the_opening(vault: Vault, tmp_path: Path) -> None:
    subject = await keep(vault, person())
    ErasedFile(tmp_path / "vault.erased").add(line(subject))  # the database of before does not know it
    await vault.rows.hold([("c1", subject, "511A")])
    assert await vault.erase_again() == 1
    assert await opened(vault, subject) == {}
    assert await vault.erase_again() == 0
    assert await vault.rows.unsaid() == [line(subject)]


async def test_everything_is_readable_while_keys_are_rotated_and_the_old_key_may_go(
    vault: Vault, keys: MadeUpKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.vault.vault.PAGE", 2)
    old, subjects = keys.newest, [await keep(vault, person()) for _ in range(5)]
    new = keys.add()
    late = await keep(vault, person(WANG))
    assert await vault.rows.wraps() == {old: 5, new: 1}
    assert [await opened(vault, subject) for subject in subjects] == [LI] * 5
    page = await vault.rows.wrapped_by_others(new, "", 2)  # half way: a run that was stopped
    assert [subject for subject, _ in page] == sorted(subjects)[:2]
    same_before = await vault.same(subjects[0])
    assert await vault.rewrap() == 5
    assert await vault.rewrap() == 0
    assert await vault.rows.wraps() == {new: 6}
    keys.drop(old)
    assert [await opened(vault, subject) for subject in (*subjects, late)] == [*([LI] * 5), WANG]
    assert await vault.same(subjects[0]) == same_before, "digests do not turn with the keys"


async def test_a_wrapping_that_moved_meanwhile_is_left_alone(vault: Vault, keys: MadeUpKeys, rows: VaultRows) -> None:
    subject, gone = await keep(vault, person()), await keep(vault, person())
    kek = keys.add()
    stale = await rows.wrapped_by_others(kek, "", 10)
    await vault.rewrap()
    await vault.erase(line(gone))
    await rows.rewrap([(one, old, Wrapped("k0", b"x")) for one, old in stale])
    assert await opened(vault, subject) == LI
    row = await rows.find(gone)
    assert row is not None
    assert row.wrapped is None


# --- codes ------------------------------------------------------------------------------------------------------------------------------

CASE = "511525-20070305-000001-0"
OTHER = "511525-20070305-000002-9"


async def test_a_code_is_given_once_and_follows_its_case_alone(vault: Vault) -> None:
    code = await vault.follow_code(CASE)
    assert await vault.follow_code(CASE) == code == vault.first_code(CASE), "a request that is repeated has the same answer"
    assert await vault.follows(CASE, code)
    assert await vault.follows(CASE, f" {code.lower().replace('-', ' ')}")
    assert not await vault.follows("511525-20070305-000002-9", code)
    assert not await vault.follows(CASE, code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert not await vault.follows(CASE, "")
    await vault.give_codes([CASE])
    assert await vault.follows(CASE, code)
    kept = await vault.rows.code(CASE)
    assert kept is not None
    assert plain(code).encode() not in kept


async def test_a_code_that_is_given_anew_kills_the_one_before(vault: Vault) -> None:
    old = await vault.follow_code(CASE)
    new = await vault.new_follow_code(CASE)
    assert [await vault.follows(CASE, code) for code in (old, new)] == [False, True]
    await vault.give_codes([CASE, OTHER])  # what is heard once more, or late
    assert [await vault.follows(CASE, code) for code in (old, new)] == [False, True]
    assert await vault.follow_code(CASE) == "", "nobody is given a code that is dead"
    assert await vault.follow_code(OTHER) == vault.first_code(OTHER) != old


async def test_first_codes_are_the_sites_own() -> None:
    here, there = made_up_vault(), made_up_vault()
    assert plain(here.first_code(CASE)) == here.first_code(CASE).replace("-", "") != plain(there.first_code(CASE))


async def test_who_was_kept_a_moment_ago_is_known_without_asking(vault: Vault) -> None:
    first, second = await keep(vault, person()), await keep(vault, person())
    assert await vault.introduced(second) == (first,)
    known = (await vault.acquainted([second, first, "subj-nobody"])).items()
    assert {subject: (one.kind, one.node, one.same) for subject, one in known} == {
        second: ("person", NODE, (first,)),
        first: ("person", NODE, (second,)),
    }
    acting = await keep(vault, agent(first))
    assert (await vault.acquainted([acting]))[acting].whose == first
    await vault.erase(line(second))
    assert await vault.acquainted([second]) == {}


async def test_who_was_asked_about_while_being_erased_is_not_remembered(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, erase = await keep(vault, person()), vault.rows.erase

    async def meanwhile(*said: Any) -> bool:
        await vault.introduced(subject)
        return await erase(*said)

    monkeypatch.setattr(vault.rows, "erase", meanwhile)
    assert await vault.erase(line(subject))
    assert await vault.acquainted([subject]) == {}


def test_what_is_remembered_is_bounded_in_number_and_in_time() -> None:
    now = [0.0]
    recent = Recent(lambda: now[0], most=2, seconds=10)
    for subject in ("a", "b", "c"):
        recent.add(KnownSubject(subject=subject, node=NODE, kind="person", whose="", same=()))
    assert sorted(recent.of(["a", "b", "c"])) == ["b", "c"]
    recent.forget("b")
    now[0] = 9.9
    assert sorted(recent.of(["a", "b", "c"])) == ["c"]
    now[0] = 10.0
    assert recent.of(["c"]) == {}


async def test_codes_are_long_random_and_without_look_alikes(vault: Vault) -> None:
    codes = {plain(await vault.new_follow_code(CASE)) for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) == set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert plain("oiLl-0000-0000") == "011100000000"
    assert plain("0000-0000-000") == plain("ÀÀÀÀ-0000-0000") == ""


# --- without a database ------------------------------------------------------------------------------------------------------------------


async def test_where_no_vault_stands_nobody_is_known_and_nothing_is_given() -> None:
    port: VaultPort = no_vault()
    assert not await port.known("subj-x", NODE)
    assert await port.same("subj-x") == ()
    with pytest.raises(LookupError, match="密钥文件"):
        await port.follow_code(CASE)


async def test_a_made_up_vault_keeps_for_as_long_as_it_is_there() -> None:
    vault = made_up_vault()
    subject = await keep(vault, person())
    assert await opened(vault, subject) == LI
    assert await vault.erase(line(subject)), "without a file there is nothing to promise"
    assert await opened(vault, subject) == {}
