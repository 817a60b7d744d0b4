"""What a page shows of what the services answered: facts in Chinese words, times as times. No rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any, Final

from libs.contracts import phases
from libs.words import CLOCK_STATES, CLOCKS, VALUES, addressed, clock_number, clock_text, sentence, shown, word
from services.dashboard.views.words import ACTS, STATES, no_due

SYSTEM: Final = "系统"
CANCELLED: Final = "liandong.deadline.ClockCancelled"


def moment(value: object) -> datetime | None:
    """A time as it stands in JSON."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def city_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes with their state as words, totals, cards with times."""
    nodes = [_node(node) for node in found["nodes"]]
    total = {key: sum(node[key] for node in nodes) for key in ("open", "finished", "yellow", "red", "filed_today", "finished_today")}
    cards = [
        {
            **card,
            "at": moment(card["at"]),
            "due_at": moment(card["due_at"]),
            "kind": word(card["clock_kind"], CLOCKS),
            "whom": addressed(card),
        }
        for card in found["cards"]
    ]
    findings = [{**row, "at": moment(row["at"]), "what": word(row["detector"], VALUES["detector"])} for row in found["findings"]]
    recent = [{**placed(row), "filed_at": moment(row["filed_at"])} for row in found["recent"]]
    return {"now": moment(found["now"]), "nodes": nodes, "total": total, "cards": cards, "findings": findings, "recent": recent}


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    text, tone = STATES[node["state"]]
    return {**node, "state_text": text, "tone": tone, "seen": moment(node["seen"])}


def placed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A case's row with the words of its phase and of the mark beside it, empty where there is none."""
    known = phases()
    return {**row, "phase_text": word(row["phase"], known.words), "mark_text": known.suspended_word if row["suspended"] else ""}


def timeline_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """A case's events as sentences, newest first, each with its place in its chain."""
    row = found["case"]
    times = {key: moment(row[key]) for key in ("filed_at", "decided_at", "closed_at")}
    cancelled = {event["data"].get("clock") for event in found["timeline"] if _family(event) == CANCELLED}
    return {
        "case": {**placed(row), **times},
        "events": [_event(event) for event in reversed(found["timeline"])],
        "clocks": [_clock(clock, cancelled) for clock in found["clocks"]],
        "verified": all(event["verified"] for event in found["timeline"]),
        "address": found.get("address", ""),
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    family = _family(event)
    title, _, tone = shown(family)
    _, _, node, service = str(event["source"]).split(":")
    return {
        "title": title,
        "text": sentence(family, event["data"]),
        "who": _who(family, event),
        "at": moment(event["time"]),
        "proof": f"{node}/{service} 第 {event['sequence']:,} 号 · {event['hash'].partition(':')[2][:12]}",
        "verified": event["verified"],
        "tone": tone,
    }


def _family(event: Mapping[str, Any]) -> str:
    kind = str(event["type"])
    return kind.rpartition(".v")[0] or kind


def _who(family: str, event: Mapping[str, Any]) -> str:
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


def _clock(clock: Mapping[str, Any], cancelled: Set[str]) -> dict[str, Any]:
    ended = word("cancelled" if clock["clock"] in cancelled else "ended", CLOCK_STATES) if clock["ended"] else ""
    return {**clock, "kind_text": clock_text(clock["clock"]), "due_at": moment(clock["due_at"]), "end_text": ended}


def feed_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The city's feeds with the words of their states."""
    return [{**feed, "state_text": STATES[feed["state"]][0], "tone": STATES[feed["state"]][1]} for feed in found]


def clock_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A site's own clocks with times as times, and who answers for each."""
    return [{**clock, "due_at": moment(clock["due_at"]), **_beside(clock)} for clock in found]


def _beside(clock: Mapping[str, Any]) -> dict[str, str]:
    """What a page shows beside what a clock's row or proof says."""
    return {"whom": addressed(clock), "number": clock_number(clock["clock"]), "no_due": no_due(clock["state"])}


def proof_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """The derivation with dates as dates."""
    days: Sequence[Mapping[str, Any]] = found["days"]
    return {
        **found,
        **_beside(found),
        "start": moment(found["start"]),
        "due_at": moment(found["due_at"]),
        "days": [{**day, "date": date.fromisoformat(day["date"])} for day in days],
        "carried": {**found["carried"], "at": moment(found["carried"]["at"])} if found["carried"] else None,
        "stops": [{**stop, "reason_text": word(stop["reason"], VALUES["reason"])} for stop in found["stops"]],
        "rungs": [{**rung, "at": moment(rung["at"])} for rung in found["rungs"]],
    }
