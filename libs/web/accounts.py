"""Who may speak to this site: bearer accounts of staff and machines, their roles and the nodes they act for.

No personal names: a staff number and a post. What is kept of a token is its SHA-256 (decision 0007). Whether an act is allowed to a
role here is only the first wall: `decide` asks again.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import msgspec
from pydantic import Field

from libs.forms import NODE_CODE, Form, NodeCode, Text, Unreadable, Word, form_of, json_file

_NODE: Final = re.compile(NODE_CODE)


class Role(StrEnum):
    """What a post lets somebody do."""

    CLERK = "clerk"
    """窗口受理人员"""
    EXAMINER = "examiner"
    """审查人员"""
    APPROVER = "approver"
    """核准人员"""
    EDITOR = "editor"
    """事项目录编辑"""
    SUPERVISOR = "supervisor"
    """监察人员"""
    LEADER = "leader"
    """领导"""
    OPERATOR = "operator"
    """运行维护人员"""
    SITE = "site"
    """另一节点部署的机器"""


class NotAllowed(Exception):
    """The account is known, and this is not for it."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def covers(own: str, node: str) -> bool:
    """Whether `node` is `own` or below it: 511525 covers 511525100, 511500 all of 5115, 510000 all of 51."""
    return node.startswith(_stem(own))


def _stem(code: str) -> str:
    if len(code) != 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on duty, or a machine. `staff` is the number that goes into events as the actor; `post` is what pages show."""

    staff: str
    post: str
    roles: frozenset[Role]
    nodes: frozenset[str]

    def __post_init__(self) -> None:
        if not self.staff or not self.roles or not self.nodes or not all(_NODE.fullmatch(node) for node in self.nodes):
            raise ValueError(f"账户 {self.staff!r} 须有工号、角色和节点（6、9 或 12 位区划代码）")

    def must_work_for(self, node: str) -> None:
        """Raises `NotAllowed` for a node that is neither one of the account's nor below one of them."""
        if not self.works_for(node):
            raise NotAllowed(f"{self.post}（{self.staff}）不在 {node} 履职")

    def works_for(self, node: str) -> bool:
        """`node` is one of the account's nodes or below one of them."""
        return any(covers(own, node) for own in self.nodes)

    def among(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Those of `nodes` that the account works for, in their order: whose rows it is shown."""
        return tuple(node for node in nodes if self.works_for(node))


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
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    nodes: Annotated[tuple[NodeCode, ...], Field(min_length=1)]


class Accounts:
    """The accounts of a site, found by token."""

    def __init__(self) -> None:
        self._by_digest: dict[str, Account] = {}
        self._people: dict[str, Person] = {}

    @classmethod
    def load(cls, path: Path) -> Accounts:
        """Read a JSON list of `{token_sha256, staff, post, roles, nodes}`. Raises `Unreadable`, naming file, account and field."""
        rows = json_file(path)
        if not isinstance(rows, list):
            raise Unreadable(f"{path}：应为列表")
        accounts = cls()
        for number, value in enumerate(rows, 1):
            try:
                row = form_of(AccountRow, value)
            except Unreadable as no:
                raise Unreadable(f"{path}：第 {number} 个账户：{no}") from None
            if row.token_sha256 is None and row.password is None:
                raise Unreadable(f"{path}：第 {number} 个账户须有令牌或口令")
            if row.password is not None and row.staff in accounts._people:
                raise Unreadable(f"{path}：第 {number} 个账户的工号 {row.staff} 已有口令")
            if row.token_sha256 in accounts._by_digest:
                first = list(accounts._by_digest).index(row.token_sha256) + 1
                raise Unreadable(f"{path}：第 {number} 个账户的令牌与第 {first} 个的相同")
            account = Account(staff=row.staff, post=row.post, roles=frozenset(row.roles), nodes=frozenset(row.nodes))
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

    def issue(self, staff: str, roles: Iterable[Role], nodes: Iterable[str], post: str) -> tuple[Account, str]:
        """A new account and its token, which is nowhere kept and shown once."""
        account = Account(staff=staff, post=post, roles=frozenset(roles), nodes=frozenset(nodes))
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

    def knows(self, staff: str, *roles: Role) -> bool:
        """Whether somebody here has this staff number, written so, and one of these roles, if any are asked for."""
        return any(account.staff == staff and (not roles or account.roles.intersection(roles)) for account in self._by_digest.values())

    def __len__(self) -> int:
        return len(self._by_digest)


def digest(token: str) -> str:
    """What is kept of a secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(account: Account, people: dict[str, Person]) -> dict[str, object]:
    """A row of the file; the password stands in the first of its account."""
    person = people.get(account.staff)
    own = {"password": people.pop(account.staff).kept} if person is not None and person.account == account else {}
    return {**own, "staff": account.staff, "post": account.post, "roles": sorted(account.roles), "nodes": sorted(account.nodes)}
