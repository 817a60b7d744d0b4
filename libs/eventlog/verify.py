"""Reads a whole feed and says whether it is what was appended: every number, every byte, every version, up to the head."""

from __future__ import annotations

import msgspec

from libs.eventlog.log import Log
from libs.eventlog.pages import pages
from libs.wire import Position, broken


class Checked(msgspec.Struct, frozen=True):
    """The outcome for one origin: events read, and what is wrong first, at which number; `fault` None: all is well."""

    source: str
    epoch: int
    events: int
    sequence: int
    fault: str | None


async def verify(log: Log, page: int = 2000) -> Checked:
    """Walks the present epoch in keyset pages; stops at the first fault."""
    head = await log.head()
    before: Position | None = None
    count = 0
    async with pages(log, size=page) as following:
        async for events in following:
            for event in events:
                if (fault := broken(event, before)) is not None:
                    due = before.sequence + 1 if before else 1
                    return Checked(event.source, event.epoch, count, min(due, event.sequence), fault)
                before = Position(event.source, event.epoch, event.sequence, event.hash)
                count += 1
            if (place := await log.misplaced(events[0].sequence - 1, events[-1].sequence)) is not None:
                return Checked(head.source, head.epoch, count - len(events), place, f"第 {place} 号的版本不是其对象的下一个")
    reached = before.sequence if before else 0
    if reached < head.sequence:
        return Checked(head.source, head.epoch, count, reached + 1, f"日志止于第 {reached} 号，日志头记的是第 {head.sequence} 号")
    if before is not None and reached == head.sequence and before.hash != head.hash:
        return Checked(head.source, head.epoch, count, reached, "日志头记的哈希与最后一个事件的不同")
    return Checked(head.source, head.epoch, count, reached, None)
