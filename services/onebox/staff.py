"""Who works at each site of the box: somebody in each of the posts, one who has two, the site's own machine, and a station's two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from libs.authority import Grant, Post, posted
from libs.web import Accounts, hashed, made_up
from libs.workdays import CHINA

DOCUMENT: Final = "一体机样例授权"
MACHINE: Final = "site"
"""Nobody signs in as the site itself."""
AUDITED_DAYS: Final = 365
"""How long an auditor of the box may read."""


class Hired(NamedTuple):
    """A word to call them by, staff number, posts, and what pages show; `station`: at the site's first station, and only there."""

    word: str
    staff: str
    posts: tuple[Post, ...]
    post: str
    station: bool = False


STAFF: Final = (
    Hired("citizen", "P0001", (Post.CITIZEN,), "申请人"),
    Hired("clerk", "C0117", (Post.CLERK,), "窗口受理"),
    Hired("station-clerk", "T1001", (Post.STATION_CLERK,), "便民服务站", station=True),
    Hired("examiner", "C0122", (Post.EXAMINER,), "审查"),
    Hired("approver", "C0130", (Post.APPROVER,), "核准"),
    Hired("reviewer", "C0126", (Post.EXAMINER, Post.APPROVER), "审查、核准（轮岗）"),
    Hired("chief-representative", "C0101", (Post.CHIEF_REPRESENTATIVE,), "首席代表"),
    Hired("fee-clerk", "F0011", (Post.FEE_CLERK,), "收费"),
    Hired("editor", "E0001", (Post.EDITOR,), "事项目录"),
    Hired("centre-manager", "M0001", (Post.CENTRE_MANAGER,), "中心管理"),
    Hired("supervisor", "S0031", (Post.SUPERVISOR,), "效能监察"),
    Hired("leader", "L0001", (Post.LEADER,), "领导看板"),
    Hired("station-leader", "L1001", (Post.LEADER,), "乡镇领导", station=True),
    Hired("operator", "O0001", (Post.OPERATOR,), "运行维护"),
    Hired("auditor", "A9001", (Post.AUDITOR,), "上级审计"),
    Hired("site", "system:site", (Post.SITE,), "本部署服务"),
)
"""Everybody; where a site has no station, those of one work at the site."""


def grants_of(one: Hired, site: str, nodes: Sequence[str]) -> tuple[Grant, ...]:
    """What somebody is given at a site of these nodes, from today on."""
    today = datetime.now(CHINA).date()
    stations = [node for node in nodes if len(node) > len(site)]
    where = stations[:1] or [site] if one.station else [site]
    last = today + timedelta(days=AUDITED_DAYS) if Post.AUDITOR in one.posts else None
    return posted(one.posts, where, first=today, last=last, document=DOCUMENT)


def hired(accounts: Accounts, site: str, nodes: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Opens everybody's account: their tokens and, of people, their passwords, by word."""
    tokens, passwords = dict[str, str](), dict[str, str]()
    for one in STAFF:
        account, tokens[one.word] = accounts.issue(one.staff, grants_of(one, site, nodes), one.post)
        if one.word != MACHINE:
            passwords[one.word] = made_up()
            accounts.set_password(account, hashed(passwords[one.word]))
    return tokens, passwords
