"""Whether a site's logs are what they were: each by its own chain, and all by what was sent of them, which others have seen and nodes have signed."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from libs.eventlog import Checked
from libs.host.running import Hosted, SiteHost

_SENT: Final = "select target, source, epoch, sequence, hash from relay where sequence > 0 order by source, target"
_HASH: Final = """
select e.hash from feed f join event e using (feed) where f.source = $1 and f.epoch = $2 and e.sequence = $3"""


class Sent(NamedTuple):
    """How far a relay has sent a feed, and the hash of the last event it sent."""

    target: str
    source: str
    epoch: int
    sequence: int
    hash: str


async def verified(host: SiteHost) -> list[Checked]:
    """What reading every log came to: the first fault of each, or that what was sent of it is not there."""
    missing = await _missing(host)
    found: list[Checked] = []
    for checked in [checked for hosted in host.services.values() for checked in await hosted.verify()]:
        lost = missing.pop(checked.source, None)
        found.append(checked if lost is None or checked.fault else msgspec.structs.replace(lost, events=checked.events))
    return [*found, *missing.values()]


async def _missing(host: SiteHost) -> dict[str, Checked]:
    """By feed, what was sent and is not in its log as it was sent: the lowest number of those that relays and link have come to."""
    faults: dict[str, Checked] = {}
    for sender in host.services.values():
        if sender.row.database == "none":
            continue
        for sent in [Sent(*row) for row in await sender.pool.fetch(_SENT)]:
            owner = host.services.get(sent.source.split(":")[3])
            fault = await _fault(owner, sent) if owner is not None else None
            if fault is not None and (sent.source not in faults or sent.sequence < faults[sent.source].sequence):
                faults[sent.source] = Checked(sent.source, sent.epoch, 0, sent.sequence, fault)
    return faults


async def _fault(owner: Hosted, sent: Sent) -> str | None:
    there: str | None = await owner.pool.fetchval(_HASH, sent.source, sent.epoch, sent.sequence)
    if there is None:
        return f"已发往 {sent.target} 的第 {sent.sequence} 号不在日志里：日志在发出之后被截短"
    if there != sent.hash:
        return f"第 {sent.sequence} 号不是已发往 {sent.target} 的那一个：日志在发出之后被改写"
    return None
