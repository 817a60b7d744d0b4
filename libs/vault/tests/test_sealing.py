"""What is sealed is bound to its place; the files of keys and of the erased are whole or refused, and say nothing of what is in them."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from libs.forms import Unreadable
from libs.vault import DataKey, ErasedFile, Keyring, MadeUpKeys, Spoilt, Wrapped, add_key, create_keys, drop_keys
from libs.vault.lookup import Lookup
from libs.vault.tests.people import line


def test_a_field_opens_in_its_place_alone() -> None:
    key, other = DataKey.new("s1"), DataKey.new("s2")
    sealed = key.seal("name", "李秀英".encode())
    assert key.open("name", sealed) == "李秀英".encode()
    assert key.seal("name", "李秀英".encode()) != sealed, "nobody sees that two are equal"
    for opener, field, what in (
        (key, "phone", sealed),
        (other, "name", sealed),
        (key, "name", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (key, "name", b""),
    ):
        with pytest.raises(Spoilt):
            opener.open(field, what)


def test_a_wrapped_key_opens_for_its_subject_and_its_key_alone() -> None:
    keys = MadeUpKeys()
    key = DataKey.new("s1")
    wrapped = key.wrap(keys)
    sealed = key.seal("name", b"x")
    assert DataKey.unwrap("s1", wrapped, keys).open("name", sealed) == b"x"
    new = keys.add()
    for subject, moved in (("s2", wrapped), ("s1", Wrapped(new, wrapped.key))):
        with pytest.raises(Spoilt):
            DataKey.unwrap(subject, moved, keys)
    keys.drop(wrapped.kek)
    with pytest.raises(Unreadable, match=wrapped.kek):
        DataKey.unwrap("s1", wrapped, keys)


def test_digests_differ_by_kind_and_by_site() -> None:
    keys = MadeUpKeys()
    lookup = Lookup(keys)
    assert lookup.digest("person", "1") == Lookup(keys).digest("person", "1")
    assert len({lookup.digest("person", "1"), lookup.digest("organisation", "1"), Lookup(MadeUpKeys()).digest("person", "1")}) == 3
    keys.add()
    assert lookup.digest("person", "1") == Lookup(keys).digest("person", "1")


# --- the key file -----------------------------------------------------------------------------------------------------------------------


def test_a_key_file_is_its_users_alone_and_never_made_twice(tmp_path: Path) -> None:
    path = tmp_path / "vault.keys"
    create_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_keys(path)
    rows = json.loads(path.read_text())
    assert [sorted(row) for row in rows] == [["from", "id", "key"]] * 2
    assert [len(base64.b64decode(row["key"])) for row in rows] == [32, 32]


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "vault.keys"
    create_keys(path)
    keyring = Keyring(path)
    old, root = keyring.newest, keyring.root
    new = add_key(path)
    assert (keyring.newest, keyring.root) == (new, root)
    assert keyring.key(old) != keyring.key(new)
    drop_keys(path, [old, new, "lookup"])
    assert keyring.read().wrapping == {new}, "the newest and the root stay, whatever is asked"
    assert keyring.root == root
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["vault.keys"]
    with pytest.raises(Unreadable, match=old):
        keyring.key(old)


KEY = base64.b64encode(bytes(32)).decode()
AT = "2026-11-28T00:00:00+00:00"
ROOT, KEK = {"id": "lookup", "key": KEY, "from": AT}, {"id": "k0123456789abcdef", "key": KEY, "from": AT}


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ({}, "应为列表"),
        ([ROOT], "须有 lookup"),
        ([KEK], "须有 lookup"),
        ([ROOT, KEK, KEK], "同一编号出现了两次"),
        ([ROOT, {**KEK, "key": "c2VjcmV0"}], "不是 32 字节的 base64"),
        ([ROOT, {**KEK, "key": "这不是 base64"}], "不是 32 字节的 base64"),
        ([ROOT, {**KEK, "key": 5}], "key：应为文字"),
        ([ROOT, {**KEK, "id": "other"}], "id：格式不对"),
        ([ROOT, {**KEK, "more": KEY}], "more：没有这一项"),
    ],
)
def test_a_damaged_key_file_is_refused_in_a_sentence_without_a_key(tmp_path: Path, rows: Any, because: str) -> None:
    path = tmp_path / "vault.keys"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    with pytest.raises(Unreadable) as no:
        Keyring(path).read()
    assert str(no.value).startswith(f"{path}：")
    assert because in str(no.value)
    assert KEY not in str(no.value)
    assert "c2VjcmV0" not in str(no.value)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="无法读取"):
        Keyring(tmp_path / "gone").read()


def test_keys_show_themselves_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "vault.keys"
    create_keys(path)
    keyring = Keyring(path)
    secret = json.loads(path.read_text())[1]["key"]
    shown = f"{keyring!r} {keyring.read()!r} {DataKey.new('s1')!r}"
    assert secret not in shown
    assert repr(base64.b64decode(secret)) not in shown


# --- the file of the erased --------------------------------------------------------------------------------------------------------------


def test_where_a_line_cannot_be_written_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone/vault\.erased 无法写入：文件不存在"):
        ErasedFile(tmp_path / "gone" / "vault.erased").add(line("s1"))


def test_the_erased_are_kept_line_by_line(tmp_path: Path) -> None:
    file = ErasedFile(tmp_path / "vault.erased")
    assert list(file.lines()) == []
    file.add(line("s1"))
    file.add(line("s2"))
    assert list(file.lines()) == [line("s1"), line("s2")]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_line_that_a_crash_cut_short_is_written_over(tmp_path: Path) -> None:
    file = ErasedFile(tmp_path / "vault.erased")
    file.add(line("s1"))
    with file.path.open("ab") as cut:
        cut.write(b'{"subject":"s2","no')
    assert list(file.lines()) == [line("s1")]
    file.add(line("s3"))
    assert list(file.lines()) == [line("s1"), line("s3")]


def test_a_damaged_line_is_refused_for_it_may_be_somebody(tmp_path: Path) -> None:
    file = ErasedFile(tmp_path / "vault.erased")
    file.path.write_bytes(b"{\n")
    with pytest.raises(Unreadable, match="第 1 行已损坏"):
        list(file.lines())
