"""What somebody sees of their own account: every grant with what it lets them do today, by the question that every page and act asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from libs.authority import ACTS, EVER, POSTS, READ_ONLY, ActRow, Grant, Grants, may

SHOWN: Final = 12
"""Items or nodes of a grant that stand in its line; of more, the number stands there and the list behind it."""
HOLDS, ENDED, TO_COME = ("有效", "ok"), ("已到期", "mute"), ("尚未生效", "warn")


class OwnGrant(NamedTuple):
    """A grant as whoever has it reads it: the post by its word, whether it holds (word and tone), the days, what it lets them do and read
    today, and of what it does not any more, or not yet, the sentences why.
    """

    post: str
    holds: tuple[str, str]
    items: tuple[str, ...]
    nodes: tuple[str, ...]
    first: date | None
    last: date | None
    document: str
    recorded: bool
    """Every read by it is recorded."""
    does: tuple[str, ...]
    reads: tuple[str, ...]
    barred: tuple[str, ...]


def own_account(grants: Grants, day: date) -> dict[str, Any]:
    """What the page of one's own account is filled with: the grants, those that hold first, and who does the rest."""
    return {"grants": sorted((_own(grant, day) for grant in grants.all), key=_last), "others": list(_others(grants, day)), "shown": SHOWN}


def _own(grant: Grant, day: date) -> OwnGrant:
    alone = Grants([grant])
    asked = [(row, may(alone, row.name, "", "", day)) for row in ACTS.values() if alone.for_act(row.name)]
    return OwnGrant(
        post=POSTS[grant.post],
        holds=HOLDS if grant.on(day) else TO_COME if day < grant.first else ENDED,
        items=grant.items,
        nodes=grant.nodes,
        first=None if grant.first == EVER else grant.first,
        last=grant.last,
        document=grant.document,
        recorded=grant.post in READ_ONLY,
        does=_words(row for row, because in asked if because is None and not row.reads),
        reads=_words(row for row, because in asked if because is None and row.reads),
        barred=tuple(because for _, because in asked if because is not None),
    )


def _words(rows: Iterator[ActRow]) -> tuple[str, ...]:
    return tuple(row.word for row in rows)


def _last(own: OwnGrant) -> int:
    return (HOLDS, TO_COME, ENDED).index(own.holds)


def _others(grants: Grants, day: date) -> Iterator[str]:
    """Of what none of their posts may do, the sentence that says whose it is."""
    for name in ACTS:
        if not grants.for_act(name) and (because := may(grants, name, "", "", day)) is not None:
            yield because
