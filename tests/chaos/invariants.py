"""What must hold when a bad night is over (heal → drain → these): seven invariants, each a function that says what is wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from libs.wire import Position, Recorded, broken, node_of
from services.onebox import OneBox, send, settle
from tests.chaos.folding import archive_of, feeds_of, heads_of, misfits

Feeds = Mapping[str, Sequence[Recorded]]
EFFECTS: Final = ("deadline", "supervision")
"""Services whose events follow from other services' events."""
LOOKS: Final = 5
"""How often everything is looked at before it is said that the box does not come to rest."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command that was answered: its key, the case, what it said, and where the answer says that its feed stood then."""

    key: str
    case: str
    fact: str
    source: str
    sequence: int


def once(feeds: Feeds, acknowledged: Iterable[Acknowledged]) -> list[str]:
    """1: every acknowledged command's event exists once, under its own number: not under another one too. An event keeps its key as its cause."""
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for source, events in feeds.items():
        for event in events:
            said.setdefault((event.causationid, event.type.split(".")[2]), []).append((source, event.subject))
    wrong = []
    for done in acknowledged:
        if (found := said.get((done.key, done.fact), [])) != [(done.source, done.case)]:
            wrong.append(f"{done.fact} of {done.case} under {done.key} is there {len(found)} times: {found}")
        if done.sequence > len(feeds.get(done.source, ())):
            wrong.append(f"{done.source} ends before {done.sequence}, which was acknowledged")
    return wrong


def chained(feeds: Feeds) -> list[str]:
    """2: numbers are 1..n and every event follows the one before."""
    wrong = []
    for source, events in feeds.items():
        before: Position | None = None
        for event in events:
            if (fault := broken(event, before)) is not None:
                wrong.append(f"{source}#{event.sequence}: {fault}")
                break
            before = Position(event.source, event.epoch, event.sequence, event.hash)
    return wrong


async def shown_as_folded(box: OneBox, feeds: Feeds) -> list[str]:
    """3 and, with it, the counts of 4: the city's rows of each node are the fold of that node's feeds."""
    wrong: list[str] = []
    for node in sorted({node_of(source) for source in feeds}):
        events = [event for source in sorted(feeds) if node_of(source) == node for event in feeds[source]]
        wrong += await misfits(box.postgres.url(), box.postgres.url(box.city.database), node, events)
    return wrong


def archived(box: OneBox, feeds: Feeds) -> list[str]:
    """4: the city has archived every feed, hash by hash, and has verified all of it."""
    with box.city.client() as client:
        known = {feed["source"]: feed for feed in send(client, "GET", "/hub/feeds")}
    wrong = []
    for source, events in feeds.items():
        if [event.hash for event in archive_of(box.city, source)] != [event.hash for event in events]:
            wrong.append(f"{source}: the archive is not the feed")
        if source not in known or (known[source]["verified"], known[source]["state"]) != (len(events), "live"):
            wrong.append(f"{source}: {known.get(source)}, but the feed has {len(events)}")
    return wrong


def caused(feeds: Feeds) -> list[str]:
    """5: no effect without its event and none twice; no accepted case without its clocks."""
    every = [event for events in feeds.values() for event in events]
    ids = {event.id for event in every}
    effects = [event for event in every if event.source.rpartition(":")[2] in EFFECTS]
    heard = [event for event in effects if not event.causationid.startswith(("clock:", "tick:"))]
    wrong = [f"{event.name} was caused by {event.causationid}, which nobody said" for event in heard if event.causationid not in ids]
    twice = Counter((event.source, event.causationid, event.subject, event.type) for event in heard)
    wrong += [f"{effect} is there {times} times" for effect, times in twice.items() if times > 1]
    started = {event.correlationid for event in effects if ".ClockStarted." in event.type}
    accepted = {event.subject for event in every if ".CaseAccepted." in event.type}
    return wrong + [f"{case} was accepted and has no clock" for case in sorted(accepted - started)]


def empty(box: OneBox) -> list[str]:
    """6: nothing waits to be sent, heard or shown, nothing is parked, every head is where its hearers are, every loop runs."""
    wrong = []
    heads = {source: head["sequence"] for site in box.sites for source, head in heads_of(site).items()}
    for site in box.sites:
        with site.client() as client:
            status, parked = send(client, "GET", "/site/status"), send(client, "GET", "/site/parked")
            ready = client.get("/health/ready").json()
        wrong += [f"{site.code} has parked {row}" for row in parked]
        wrong += [f"{site.code}: {name} is {check}" for name, check in ready["checks"].items() if check["state"] != "up"]
        for name, service in status["services"].items():
            wrong += [f"{site.code} {name}: {line}" for line in _waiting(service, heads)]
    return wrong


def _waiting(service: Mapping[str, Any], heads: Mapping[str, int]) -> list[str]:
    wrong = [f"{head['source']} has {head['relay_depth']} to send" for head in service["heads"] if head["relay_depth"]]
    wrong += [f"view {view}" for view in service["views_behind"]]
    for cursor in service["cursors"]:
        if cursor["behind"] or cursor["sequence"] != heads.get(cursor["source"], cursor["sequence"]):
            wrong.append(f"{cursor['consumer']} is at {cursor['sequence']} of {heads.get(cursor['source'])} of {cursor['source']}")
    return wrong


def verified(box: OneBox) -> list[str]:
    """2 once more, by the box's own verifiers, on both sides."""
    wrong = []
    for site in box.sites:
        with site.client(timeout=120) as client:
            wrong += [str(origin) for origin in send(client, "GET", "/site/verify")["origins"] if origin["fault"] is not None]
    with box.city.client(timeout=120) as client:
        return wrong + [str(fault) for fault in send(client, "GET", "/hub/verify")["faults"]]


def wrong(box: OneBox, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """All that does not hold, by the number of its invariant; empty after a night that was survived. 7 is the night's own record.

    A site says things of itself meanwhile, such as which serials of a dead process are void: then everything is looked at once more.
    """
    for _ in range(LOOKS):
        settle(box)
        feeds = feeds_of(box)
        found = _wrong(box, feeds, acknowledged)
        if {source: len(events) for source, events in feeds.items()} == {
            source: head["sequence"] for site in box.sites for source, head in heads_of(site).items()
        }:
            return found
    raise TimeoutError(f"the box did not come to rest in {LOOKS} looks")


def _wrong(box: OneBox, feeds: Feeds, acknowledged: Sequence[Acknowledged]) -> list[str]:
    found = {
        1: once(feeds, acknowledged),
        2: [*chained(feeds), *verified(box)],
        3: asyncio.run(shown_as_folded(box, feeds)),
        4: archived(box, feeds),
        5: caused(feeds),
        6: empty(box),
    }
    return [f"invariant {number}: {line}" for number, lines in found.items() for line in lines[:20]]
