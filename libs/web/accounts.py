"""Who may speak to this site: bearer accounts of staff and machines, and what was granted to them (decision 0032).

No personal names: a staff number and a post. What is kept of a token is its SHA-256 (decision 0007). That the door admits somebody to an act
is only the first wall: `decide` asks again, of the item too.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import msgspec
from pydantic import Field

from libs.authority import Grant, Grants, Post, may
from libs.codes import has_personal_number
from libs.forms import NODE_CODE, Day, Form, NodeCode, Text, Title, Unreadable, Word, form_of, json_file

_NODE: Final = re.compile(NODE_CODE)


class NotAllowed(Exception):
    """The account is known, and this is not for it."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class PersonalStaffNumber(ValueError):
    """Somebody's own number stands for their staff number; that goes into every event as the actor, and is kept for ever."""

    def __init__(self) -> None:
        super().__init__("工号不得是身份证号码或手机号码：它写进每一条记录")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on duty, or a machine. `staff` is the number that goes into events as the actor; `post` is what pages show; `grants` are what
    they may do, and where. `asks`, where somebody reads: which act, on which day.
    """

    staff: str
    post: str
    grants: Grants
    asks: tuple[str, date] | None = None

    def __post_init__(self) -> None:
        if not self.staff or not self.grants.all or not all(_NODE.fullmatch(node) for node in self.nodes):
            raise ValueError(f"账户 {self.staff!r} 须有工号、授权和节点（6、9 或 12 位区划代码）")
        if has_personal_number(self.staff):
            raise PersonalStaffNumber

    @property
    def nodes(self) -> frozenset[str]:
        """Every node of their grants, whatever these are for, ended or not."""
        return frozenset(node for grant in self.grants.all for node in grant.nodes)

    def must(self, act: str, node: str, day: date, item: str = "") -> None:
        """Raises `NotAllowed`, with the sentence why, where the grants do not let them do the act at this node on this day; "": nowhere in
        particular. The item of the act is asked about where it is known.
        """
        if (because := may(self.grants, act, item, node, day)) is not None:
            raise NotAllowed(f"{self.post}（{self.staff}）：{because}")

    def asking(self, act: str, day: date) -> Account:
        """The same, asking for an act on a day: what is shown then is of the nodes at which it may do this, and of no other."""
        return msgspec.structs.replace(self, asks=(act, day))

    def watched(self, node: str) -> bool:
        """Whether what it asks for is its to do at the node by a post alone whose every read is recorded."""
        return self.asks is not None and self.grants.watched(self.asks[0], node, self.asks[1])

    def works_for(self, node: str) -> bool:
        """Whether what it asks for is its to do at the node; nothing is, where it asks for nothing."""
        return self.asks is not None and bool(node) and may(self.grants, self.asks[0], "", node, self.asks[1]) is None

    def must_work_for(self, node: str) -> None:
        """Raises `NotAllowed` where what it asks for is not its to do at the node."""
        if not self.works_for(node):
            act, day = self.asks or ("", date.min)
            raise NotAllowed(f"{self.post}（{self.staff}）：{may(self.grants, act, '', node, day) if act else '没有说明要办什么'}")

    def among(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Those of `nodes` at which what it asks for is its to do, in their order: whose rows it is shown."""
        return tuple(node for node in nodes if self.works_for(node))


class GrantRow(Form):
    """A grant as files have it; days are included, and without `last` it holds until it is taken back."""

    post: Post
    items: Annotated[tuple[Title, ...], Field(max_length=1000)] = ()
    nodes: Annotated[tuple[NodeCode, ...], Field(min_length=1, max_length=1000)]
    first: Day
    last: Day | None = None
    document: Title


class Person(msgspec.Struct, frozen=True):
    """Somebody who signs in with a password, of which `kept` was made."""

    account: Account
    kept: str

    @property
    def key(self) -> str:
        """What a session remembers of the password: it ends with that."""
        return digest(f"{self.account.staff}\n{self.kept}")


class AccountRow(Form):
    """An account as the file has it."""

    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Of a program's token."""
    password: Annotated[str, Field(pattern=r"^\$argon2id\$[!-~]{20,300}$")] | None = None
    """Of a person's, by argon2id. One of both is there, or both."""
    staff: Word
    post: Text
    grants: Annotated[tuple[GrantRow, ...], Field(min_length=1, max_length=100)]


class Accounts:
    """The accounts of a site, found by token."""

    def __init__(self) -> None:
        self._by_digest: dict[str, Account] = {}
        self._people: dict[str, Person] = {}

    @classmethod
    def load(cls, path: Path) -> Accounts:
        """Read a JSON list of `{token_sha256, staff, post, grants}`. Raises `Unreadable`, naming file, account and field."""
        rows = json_file(path)
        if not isinstance(rows, list):
            raise Unreadable(f"{path}：应为列表")
        accounts = cls()
        for number, value in enumerate(rows, 1):
            try:
                row = form_of(AccountRow, value)
                grants = Grants(grant_of(one, f"grants[{n}]") for n, one in enumerate(row.grants, 1))
            except Unreadable as no:
                raise Unreadable(f"{path}：第 {number} 个账户：{no}") from None
            if row.token_sha256 is None and row.password is None:
                raise Unreadable(f"{path}：第 {number} 个账户须有令牌或口令")
            if row.password is not None and row.staff in accounts._people:
                raise Unreadable(f"{path}：第 {number} 个账户的工号 {row.staff} 已有口令")
            if row.token_sha256 in accounts._by_digest:
                first = list(accounts._by_digest).index(row.token_sha256) + 1
                raise Unreadable(f"{path}：第 {number} 个账户的令牌与第 {first} 个的相同")
            try:
                account = Account(staff=row.staff, post=row.post, grants=grants)
            except PersonalStaffNumber as no:
                raise Unreadable(f"{path}：第 {number} 个账户：{no}") from None
            if row.token_sha256 is not None:
                accounts._by_digest[row.token_sha256] = account
            if row.password is not None:
                accounts._people[row.staff] = Person(account, row.password)
        return accounts

    def save(self, path: Path) -> None:
        """Write the file anew, readable by its owner only, whole or not at all."""
        people = dict(self._people)
        rows = [{"token_sha256": digest, **_plain(account, people)} for digest, account in self._by_digest.items()]
        rows += [_plain(person.account, people) for person in list(people.values())]
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(rows)))
        draft.replace(path)

    def issue(self, staff: str, grants: Iterable[Grant], post: str) -> tuple[Account, str]:
        """A new account and its token, which is nowhere kept and shown once."""
        account = Account(staff=staff, post=post, grants=Grants(grants))
        token = secrets.token_urlsafe(24)
        self._by_digest[digest(token)] = account
        return account, token

    def by_token(self, token: str) -> Account | None:
        """Whose token this is. Looked up by its digest, so that timing tells nothing about another's token."""
        return self._by_digest.get(digest(token))

    def by_digest(self, found: str) -> Account | None:
        """Whose token has this digest, or what is kept of whose password: sessions keep neither."""
        known = self._by_digest.get(found)
        return known or next((person.account for person in self._people.values() if person.key == found), None)

    def set_password(self, account: Account, kept: str) -> None:
        """From now on the account has the password of which `kept` was made."""
        self._people[account.staff] = Person(account, kept)

    def person(self, staff: str) -> Person | None:
        """Who signs in with this staff number, written so."""
        return self._people.get(staff)

    @property
    def people(self) -> tuple[Account, ...]:
        """Those who can sign in with a password, in the order of the file."""
        return tuple(person.account for person in self._people.values())

    def granted(self, staff: str) -> Grants | None:
        """What somebody here with this staff number, written so, may do by all their accounts; None: nobody is known by it."""
        known = [*self._by_digest.values(), *self.people]
        found = dict.fromkeys(account.grants for account in known if account.staff == staff)
        return Grants(grant for grants in found for grant in grants.all) if found else None

    def __len__(self) -> int:
        return len(self._by_digest)


def digest(token: str) -> str:
    """What is kept of a secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def grant_of(row: GrantRow, where: str) -> Grant:
    """The grant of a row of a file. Raises `Unreadable`, naming the place, for one that cannot be given so."""
    try:
        return Grant(post=row.post, nodes=row.nodes, items=row.items, first=row.first, last=row.last, document=row.document)
    except ValueError as no:
        raise Unreadable(f"{where}：{no}") from None


def _plain(account: Account, people: dict[str, Person]) -> dict[str, object]:
    """A row of the file; the password stands in the first of its account."""
    person = people.get(account.staff)
    own = {"password": people.pop(account.staff).kept} if person is not None and person.account == account else {}
    return {**own, "staff": account.staff, "post": account.post, "grants": [_said(grant) for grant in account.grants.all]}


def _said(grant: Grant) -> dict[str, object]:
    row: dict[str, object] = {"post": grant.post, "items": grant.items, "nodes": grant.nodes, "first": grant.first, "last": grant.last}
    return {**row, "document": grant.document}
