"""What the services answer the pages, for tests: the answers kept in `contracts/http`, with changes; facts are their owners' samples.

Only fields that the owner answers can be changed, so a field that it renamed fails here, and in the page that reads it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from libs.contracts import FOLDER
from libs.testkit.contracts import contract

CASE: Final = "511525-20261123-000001-7"
CLOCK: Final = f"clock:{CASE}:promised"
AT: Final = "2026-11-23T01:00:00Z"
ITEM: Final = {"node": "511525", "item": "511A00001", "name": "取水许可", "department": "高县水务局"}
OPEN: Final = {"case": CASE, "filed_at": AT, "red": False, "yellow": False, "imported": False}


def kept(name: str) -> Any:
    """An answer as its owner gave it; the caller's own to change."""
    return json.loads((FOLDER / "http" / f"{name}.json").read_bytes())["answer"]


def changed(answer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The answer with these fields otherwise. Raises `AssertionError` for a field that is not in it."""
    assert changes.keys() <= answer.keys(), f"{', '.join(changes.keys() - answer.keys())} is not answered; {', '.join(answer)} are"
    return {**answer, **changes}


def recent(phase: str | None = "accepted", *, suspended: bool = False, **more: Any) -> dict[str, Any]:
    """An open case among the latest of the city."""
    return changed(kept("hub-city")["recent"][0], **{**OPEN, "phase": phase, "suspended": suspended, **more})


def row(phase: str | None = "accepted", *, suspended: bool = False, **more: Any) -> dict[str, Any]:
    """An open case as its page in the city has it."""
    unfinished = {"decided_at": None, "closed_at": None, "finished_at": None}
    known = {**OPEN, **unfinished, "number": CASE, "phase": phase, "suspended": suspended, **more}
    del known["case"]
    return changed(kept("hub-case")["case"], **known)


def listed(phase: str = "accepted", *, suspended: bool = False) -> dict[str, Any]:
    """`/intake/cases/{case}`"""
    return changed(kept("intake-case"), case=CASE, item_name="食品经营许可", phase=phase, suspended=suspended)


def node(state: str = "live", **more: Any) -> dict[str, Any]:
    """A node as the hub has it."""
    numbers = {"open": 3, "filed": 9, "filed_today": 2, "finished": 5, "finished_today": 1, "yellow": 1, "red": 0, "counter": 7}
    return changed(kept("hub-city")["nodes"][0], **{"state": state, "seen": AT, "age_seconds": 4.0, **numbers, **more})


def city(*latest: dict[str, Any], nodes: tuple[dict[str, Any], ...] = (), cards: bool = False) -> dict[str, Any]:
    """`/hub/city`; `cards`: with a card and a finding."""
    found = changed(kept("hub-city"), now=AT, nodes=nodes or (node(),), recent=latest)
    return found if cards else changed(found, cards=[], findings=[])


def event(kind: str, data: dict[str, Any] | None = None, *, verified: bool = True) -> dict[str, Any]:
    """An entry of a timeline, with its owner's sample."""
    _, service, fact, _ = kind.split(".")
    told = contract(service, fact).sample if data is None else data
    place = {"source": f"urn:liandong:511525:{service}", "sequence": 1234, "hash": "sha256:0123456789abcdef"}
    return changed(kept("hub-case")["timeline"][0], **place, type=kind, time=AT, actor="C0117", data=told, verified=verified, subject=CASE)


def clock(**more: Any) -> dict[str, Any]:
    """A clock as the hub has it."""
    return changed(kept("hub-case")["clocks"][0], **{"clock": CLOCK, "label": None, "due_at": AT, **more})


def timeline(case: dict[str, Any], *events: dict[str, Any], clocks: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """`/hub/cases/{case}`"""
    return changed(kept("hub-case"), case=case, timeline=list(events), clocks=list(clocks))


def proof() -> dict[str, Any]:
    """`/deadline/clocks/{clock}/proof`, of a clock that a procedure of Art. 45 stops until now."""
    found = kept("deadline-proof")
    stop = changed(found["stops"][0], first="2026-11-24", last=None)
    return changed(found, case=CASE, clock=CLOCK, due_at=None, stops=[stop])


def status(*, parked: int = 0, waiting: int = 0, stopped: bool = False, away: tuple[str, ...] = ()) -> dict[str, Any]:
    """`/site/status`, as far as pages read it: two services, the first of which is not well."""
    well = {"heads": [{"sequence": 9, "relay_depth": 0}], "parked": 0, "loops_down": [], "views_stopped": {}}
    ill = {**well, "parked": parked, "heads": [{"sequence": 12, "relay_depth": waiting}], "loops_down": ["relay"] if stopped else []}
    return {"site": "511525", "services": {"intake": ill, "deadline": well}, "away": list(away), "loops_down": [], "views_stopped": {}}
