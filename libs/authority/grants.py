"""Grants (授权): who has which post, for which items, at which nodes, from when to when, by which document; and the one answer whether that is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from libs.authority.posts import ACTS, POSTS, READ_ONLY, Post

EVER: Final = date(1949, 10, 1)
"""The first day that a grant can name."""


def covers(own: str, node: str) -> bool:
    """Whether `node` is `own` or below it: 511525 covers 511525100, 511500 all of 5115, 510000 all of 51."""
    return node.startswith(_stem(own))


def _stem(code: str) -> str:
    if len(code) != 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A post given to somebody by a document: for `items` (none named: all), at `nodes` and what lies below them, from `first` to `last`, both
    included; without `last` until it is taken back.
    """

    post: Post
    nodes: tuple[str, ...]
    items: tuple[str, ...] = ()
    first: date = EVER
    last: date | None = None
    document: str = ""
    _stems: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise ValueError("授权须写明节点")
        if self.post in READ_ONLY and self.last is None:
            raise ValueError(f"{POSTS[self.post]}的授权须有截止日期")
        if self.last is not None and self.last < self.first:
            raise ValueError("授权的截止日期早于起始日期")
        object.__setattr__(self, "_stems", tuple(map(_stem, self.nodes)))

    def at(self, node: str) -> bool:
        """Whether it is for the node; "" is nowhere in particular."""
        return node.startswith(self._stems) if node else True

    def of(self, item: str) -> bool:
        """Whether it is for the item; "" is none in particular."""
        return not item or not self.items or item in self.items

    def on(self, day: date) -> bool:
        """Whether it holds on the day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Grants:
    """Somebody's grants, made ready once for being asked at every act."""

    __slots__ = ("_by_act", "all")

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self.all: Final = tuple(grants)
        self._by_act: Final = {row.name: tuple(grant for grant in self.all if grant.post in row.posts) for row in ACTS.values()}

    def for_act(self, act: str) -> tuple[Grant, ...]:
        """Those whose post may do the act. Raises `KeyError` for an act that there is not."""
        return self._by_act[act]

    def nodes(self, act: str, day: date) -> frozenset[str]:
        """The nodes at which, and below which, they let somebody do the act on the day."""
        return frozenset(node for grant in self._by_act[act] if grant.on(day) for node in grant.nodes)

    def watched(self, act: str, node: str, day: date) -> bool:
        """Whether the act is open to them at the node by posts alone whose every read is recorded; at several nodes (""), whether it is so at one."""
        held = [grant for grant in self._by_act[act] if grant.at(node) and grant.on(day)]
        watching = [grant for grant in held if grant.post in READ_ONLY]
        others = [grant for grant in held if grant.post not in READ_ONLY]
        if node:
            return not others
        return any(not any(other.at(own) for other in others) for grant in watching for own in grant.nodes)

    def __eq__(self, other: object) -> bool:
        return self.all == other.all if isinstance(other, Grants) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.all)

    def __repr__(self) -> str:
        return f"Grants({self.all!r})"


NO_GRANTS: Final = Grants()
"""What somebody has whom nobody has given anything."""


def posted(
    posts: Iterable[Post], nodes: Iterable[str], *, first: date = EVER, last: date | None = None, document: str = "本机授权"
) -> tuple[Grant, ...]:
    """A grant of each of the posts, for every item, at the same nodes, on the same days, by the same document."""
    return tuple(Grant(post=post, nodes=tuple(nodes), first=first, last=last, document=document) for post in posts)


def may(grants: Grants, act: str, item: str, node: str, day: date) -> str | None:
    """None where the grants let somebody do the act on this item at this node on this day; else why not, in a sentence for people.

    "" is no item, and nowhere, in particular. Raises `KeyError` for an act that there is not.
    """
    held = grants.for_act(act)
    for grant in held:
        if grant.on(day) and grant.at(node) and grant.of(item):
            return None
    return _why_not(held, act, item, node, day)


def _why_not(held: Sequence[Grant], act: str, item: str, node: str, day: date) -> str:
    """What the grants lack, the nearest of them last: a post, then the node, then the item, then the day."""
    what = f"「{ACTS[act].word}」的授权"
    if not held:
        return f"没有{what}；由{_people(act)}办理"
    if not (there := [grant for grant in held if grant.at(node)]):
        return f"{what}限于 {_listed(held, 'nodes')}，不及于 {node}"
    if not (of_item := [grant for grant in there if grant.of(item)]):
        return f"{what}限于事项 {_listed(there, 'items')}，不及于事项 {item}"
    ended = [grant for grant in of_item if grant.last is not None and grant.last < day]
    if ended:
        last = max(ended, key=lambda grant: grant.last or date.max)
        return f"{what}已于 {_day(last.last or day)} 到期{_by(last)}"
    first = min(of_item, key=lambda grant: grant.first)
    return f"{what}自 {_day(first.first)} 起才有效{_by(first)}"


def _people(act: str) -> str:
    posts = [post for post in ACTS[act].posts if post is not Post.SITE]
    return "、".join(POSTS[post] for post in posts or ACTS[act].posts)


def _listed(grants: Iterable[Grant], what: str) -> str:
    said = (code for grant in grants for code in (grant.nodes if what == "nodes" else grant.items))
    return "、".join(dict.fromkeys(said))


def _by(grant: Grant) -> str:
    return f"（{grant.document}）" if grant.document else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
