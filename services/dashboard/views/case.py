"""One case: its events as sentences with their places in their chains, its clocks as bars and rows, what may be done; one deadline's proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any, Final

from libs.words import CLOCK_STATES, VALUES, clock_text, sentence, shown, word
from services.dashboard.views.bars import bars
from services.dashboard.views.shared import ShownRow, beside, moment, placed
from services.dashboard.views.words import ACTS

SYSTEM: Final = "系统"
TIMES: Final = ("filed_at", "accepted_at", "decided_at", "closed_at", "finished_at")
AT_THE_WINDOW: Final = "现在可以办；在窗口办理，这里只看。"
STARTED, YELLOW, RED, ENDED, CANCELLED = (
    f"liandong.deadline.{fact}" for fact in ("ClockStarted", "ClockYellow", "ClockRed", "ClockEnded", "ClockCancelled")
)

STAGES: Final = tuple(
    (time, f"{ACTS}{fact}")
    for time, fact in (
        ("filed_at", "CaseFiled"),
        ("accepted_at", "CaseAccepted"),
        ("decided_at", "CaseDecided"),
        ("closed_at", "CaseClosed"),
    )
)
"""The times that the row of a case has, and the facts they are of."""
CARDS: Final = (("yellow_at", YELLOW), ("red_at", RED))


def timeline_model(found: ShownRow, now: datetime | None = None) -> dict[str, Any]:
    """A case's events as sentences, newest first, each with its place in its chain; its clocks, with bars where their starts are told."""
    facts = _facts_of_clocks(found["timeline"])
    cancelled = {clock for clock, of_clock in facts.items() if CANCELLED in of_clock}
    clocks = [_clock(clock, cancelled) for clock in found["clocks"]]
    rows = [_told(clock, facts.get(clock["clock"], {})) for clock in clocks]
    return {
        "case": timed(placed(found["case"])),
        "events": [_event(event) for event in reversed(found["timeline"])],
        "bars": bars(rows, now) if now else [],
        "clocks": clocks,
        "verified": all(event["verified"] for event in found["timeline"]),
        "waiting": sum(not event["verified"] for event in found["timeline"]),
        "address": found.get("address", ""),
    }


def timed(row: ShownRow) -> dict[str, Any]:
    """A case's row with its times as times."""
    return {**row, **{name: moment(row[name]) for name in TIMES if name in row}}


def case_model(row: ShownRow, clocks: Sequence[ShownRow], now: datetime) -> dict[str, Any]:
    """A site's own case: its row, what happened as far as row and clocks say, its clocks as bars and rows."""
    rows = clock_rows(clocks)
    return {
        "case": timed(placed(row)),
        "events": stages(row, rows),
        "bars": bars(clocks, now),
        "clocks": rows,
        "acts": acts(row["possible"]),
    }


def stages(row: ShownRow, clocks: Sequence[ShownRow]) -> list[dict[str, Any]]:
    """What a site's row of a case and its clocks say happened, newest first: the stages, and the cards with whom they went to."""
    said = {"decided_at": word(row["outcome"], VALUES["outcome"])}
    found = [_stage(family, said.get(time, ""), "", moment(row[time])) for time, family in STAGES]
    if not row["closed_at"]:  # withdrawn, or not taken up, if it has ended: its phase says how
        found.append({"title": placed(row)["phase_text"], "text": "", "who": "", "at": moment(row["finished_at"]), "tone": ""})
    found += [_stage(family, clock["kind_text"], clock["whom"], moment(clock[time])) for clock in clocks for time, family in CARDS]
    return sorted((stage for stage in reversed(found) if stage["at"]), key=lambda stage: stage["at"], reverse=True)


def _stage(family: str, text: str, who: str, at: datetime | None) -> dict[str, Any]:
    return {"title": shown(family).title, "text": text, "who": who, "at": at, "tone": shown(family).tone}


def acts(possible: Sequence[ShownRow]) -> list[tuple[str, str, str]]:
    """Every act as `kit.possible` takes it, those that may be done first. These pages only read: what may be done is done at the window."""
    return [(act["word"], "", act["because"] or AT_THE_WINDOW) for act in sorted(possible, key=lambda act: bool(act["because"]))]


def _facts_of_clocks(timeline: Sequence[ShownRow]) -> dict[str, dict[str, ShownRow]]:
    """Of every clock, what its facts say, the last of a kind."""
    found: dict[str, dict[str, ShownRow]] = {}
    for event in timeline:
        found.setdefault(str(event["data"].get("clock", "")), {})[_family(event)] = event["data"]
    return found


def _told(clock: ShownRow, facts: Mapping[str, ShownRow]) -> dict[str, Any]:
    """A clock of the city with what its facts say beside: from when, when yellow and red, until when."""

    def of(fact: str, field: str) -> Any:
        return facts.get(fact, {}).get(field)

    return {
        **clock,
        "due_at": of(ENDED, "due_at") or (clock["due_at"].isoformat() if clock["due_at"] else None),
        "label": clock["label"] or "",
        "start": of(STARTED, "start"),
        "yellow_at": of(YELLOW, "at"),
        "red_at": of(RED, "at"),
        "ended_at": of(ENDED, "at") or of(CANCELLED, "at"),
        "state_text": clock["end_text"] or word("open" if clock["due_at"] else "stopped", CLOCK_STATES),
    }


def _event(event: ShownRow) -> dict[str, Any]:
    family = _family(event)
    title, _, tone = shown(family)
    return {
        "title": title,
        "text": sentence(family, event["data"]),
        "who": _who(family, event),
        "at": moment(event["time"]),
        "proof": f"{_numbered(event['source'], event['sequence'])} · {event['hash'].partition(':')[2][:12]}",
        "verified": event["verified"],
        "tone": tone,
    }


def _numbered(source: object, sequence: int) -> str:
    """Where an event stands: its node, its service, its number."""
    _, _, node, service = str(source).split(":")
    return f"{node}/{service} 第 {sequence:,} 号"


def _triggered(trigger: str) -> str:
    """The fact that set a clock going, from source#epoch#number."""
    source, epoch, sequence = trigger.split("#")
    return _numbered(source, int(sequence)) + (f"（第 {epoch} 世代）" if epoch != "1" else "")


def _family(event: ShownRow) -> str:
    kind = str(event["type"])
    return kind.rpartition(".v")[0] or kind


def _who(family: str, event: ShownRow) -> str:
    """Who did it, and who imported it. What time did is nobody's act, though it was written with somebody's."""
    actor, told_by = _person(event["actor"]), event["data"]
    if not family.startswith(ACTS):
        return actor
    officer = _person(told_by.get("officer", ""))
    if told_by.get("imported"):
        return " · ".join(filter(None, (officer, f"由 {actor} 导入")))
    return SYSTEM if officer == SYSTEM else actor


def _person(name: object) -> str:
    """A staff number as it is; a service of the system as what it is."""
    return SYSTEM if str(name).startswith("system:") else str(name)


def _clock(clock: ShownRow, cancelled: Set[str]) -> dict[str, Any]:
    ended = word("cancelled" if clock["clock"] in cancelled else "ended", CLOCK_STATES) if clock["ended"] else ""
    return {**clock, "kind_text": clock_text(clock["clock"]), "due_at": moment(clock["due_at"]), "end_text": ended}


def clock_rows(found: Sequence[ShownRow]) -> list[dict[str, Any]]:
    """A site's own clocks with times as times, and who answers for each."""
    return [{**clock, "due_at": moment(clock["due_at"]), **beside(clock)} for clock in found]


def proof_model(found: ShownRow) -> dict[str, Any]:
    """The derivation with dates as dates."""
    days: Sequence[ShownRow] = found["days"]
    return {
        **found,
        **beside(found),
        "trigger": _triggered(found["trigger"]),
        "start": moment(found["start"]),
        "due_at": moment(found["due_at"]),
        "days": [{**day, "date": _day(day["date"])} for day in days],
        "carried": {**found["carried"], "at": moment(found["carried"]["at"])} if found["carried"] else None,
        "stops": [
            {**stop, "reason_text": word(stop["reason"], VALUES["reason"]), "first": _day(stop["first"]), "last": _day(stop["last"])}
            for stop in found["stops"]
        ],
        "rungs": [{**rung, "at": moment(rung["at"])} for rung in found["rungs"]],
    }


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
