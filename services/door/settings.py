"""What a site is told of its OpenID provider: a TOML file named by `LIANDONG_OIDC`; and what an identity is made of by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from libs.authority import READ_ONLY, Grants, Post, posted
from libs.codes import has_personal_number
from libs.forms import Form, Unreadable, toml_form, why_not
from libs.web import Account

ClaimName = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s?#]+[^\s?#/]$", max_length=500)]
ClaimWords = Annotated[tuple[ClaimName, ...], Field(max_length=20)]
NO_STAFF: Final = "统一身份认证没有给出工号，不能登录。请联系系统管理员"
OWN_NUMBER: Final = "统一身份认证给出的工号是身份证号码或手机号码，不能登录：工号写进每一条记录。请联系系统管理员"
NO_POST: Final = "您的账号（{staff}）在本站没有岗位或节点，不能登录。请联系系统管理员"
NO_END: Final = "您的账号（{staff}）只能查阅，统一身份认证没有给出截止日期，不能登录。请联系系统管理员"
BY: Final = "统一身份认证"
NO_SECOND: Final = "您的岗位须用第二种方式核验身份后才能登录"

SHOWN: Final = ("acr", "amr")
"""The claims that say how somebody has shown who they are."""
DAY_SIGNS: Final = 10


class NoGrant(Exception):
    """The provider knows somebody who may do nothing here; the message is for them."""


class SecondNeeded(Exception):
    """Somebody may come in who has not shown a second factor."""


class PostOfClaim(Form):
    """Who has `value` in the claim of posts has this post here."""

    value: ClaimName
    post: Post


class SecondFactor(Form):
    """Of which posts a second factor is asked, and which words of the provider say that there was one: of `acr` any, or of `amr` any."""

    posts: tuple[Post, ...] = (Post.OPERATOR,)
    acr: ClaimWords = ()
    amr: ClaimWords = ("mfa", "otp", "hwk")


class ClaimNames(Form):
    """In which claims an identity has what is asked of it."""

    staff: ClaimName = "staff"
    title: ClaimName = "title"
    posts: ClaimName = "roles"
    nodes: ClaimName = "nodes"
    until: ClaimName = "until"
    """The last day, `YYYY-MM-DD`, of posts that only read."""


class Oidc(Form):
    """The provider, this site as its client, and what becomes of claims."""

    issuer: Address
    client: ClaimName
    secret_file: Path | None = None
    """A file with the client's secret; none: the client has no secret."""
    address: Address
    """Where browsers reach this site."""
    scopes: ClaimWords = ("openid", "profile")
    claims: ClaimNames = ClaimNames()
    posts: Annotated[tuple[PostOfClaim, ...], Field(min_length=1, max_length=200)]
    second: SecondFactor = SecondFactor()

    @property
    def back(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.address}/sign-in/oidc/back"

    @property
    def home(self) -> str:
        """Where the browser comes when it has signed out."""
        return f"{self.address}/sign-in"

    def secret(self) -> str:
        """The client's secret, read. Raises `Unreadable`."""
        try:
            return self.secret_file.read_text(encoding="utf-8").strip() if self.secret_file else ""
        except (OSError, UnicodeDecodeError) as error:
            because = why_not(error) if isinstance(error, OSError) else "不是 UTF-8 文字"
            raise Unreadable(f"{self.secret_file} 无法读取：{because}") from None

    def kept(self, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """Of all that a provider says of somebody, what is asked here; nothing else is kept."""
        names = (self.claims.staff, self.claims.title, self.claims.posts, self.claims.nodes, self.claims.until, *SHOWN)
        return {name: claims[name] for name in names if name in claims}

    def known(self, claims: Mapping[str, Any]) -> Account:
        """Who somebody is here who has shown what is asked of their posts. Raises `NoGrant`, `SecondNeeded`."""
        account = self.account(claims)
        self.must_be_sure(account, claims)
        return account

    def account(self, claims: Mapping[str, Any]) -> Account:
        """Who somebody is here. Raises `NoGrant` with the sentence for them."""
        staff = claims.get(self.claims.staff)
        if not isinstance(staff, str) or not staff.strip():
            raise NoGrant(NO_STAFF)
        if has_personal_number(staff):
            raise NoGrant(OWN_NUMBER)
        said, nodes = _texts(claims.get(self.claims.posts)), _texts(claims.get(self.claims.nodes))
        posts = frozenset(row.post for row in self.posts if row.value in said)
        until = _day(claims.get(self.claims.until))
        if posts and posts <= READ_ONLY and until is None:
            raise NoGrant(NO_END.format(staff=staff.strip()))
        title = claims.get(self.claims.title)
        try:
            lasting = posted(sorted(posts - READ_ONLY), sorted(nodes), document=BY)
            reading = posted(sorted(posts & READ_ONLY), sorted(nodes), last=until, document=BY) if until else ()
            grants = Grants([*lasting, *reading])
            return Account(staff=staff.strip(), post=str(title or "工作人员"), grants=grants)
        except ValueError:
            raise NoGrant(NO_POST.format(staff=staff.strip())) from None

    def must_be_sure(self, account: Account, claims: Mapping[str, Any]) -> None:
        """Raises `SecondNeeded` for a post of which a second factor is asked, and none was shown."""
        shown = claims.get("acr") in self.second.acr or _texts(claims.get("amr")).intersection(self.second.amr)
        if {grant.post for grant in account.grants.all}.intersection(self.second.posts) and not shown:
            raise SecondNeeded


def _texts(said: Any) -> frozenset[str]:
    return frozenset(one for one in ([said] if isinstance(said, str) else said if isinstance(said, list) else []) if isinstance(one, str))


def _day(said: Any) -> date | None:
    """The day of a claim; None for one that is none."""
    try:
        return date.fromisoformat(said) if isinstance(said, str) and len(said) == DAY_SIGNS else None
    except ValueError:
        return None


def told(path: Path | None) -> Oidc | None:
    """The file, read; None where people sign in here. Raises `Unreadable`."""
    if path is None:
        return None
    found = toml_form(Oidc, path)
    found.secret()
    return found
