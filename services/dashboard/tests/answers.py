"""What the services would answer the pages, for tests: the parts a page reads; facts are their owners' samples."""

from __future__ import annotations

from typing import Any, Final

from libs.testkit.contracts import contract

CASE: Final = "511525-20261123-000001-7"
CLOCK: Final = f"clock:{CASE}:promised"
AT: Final = "2026-11-23T01:00:00Z"


def row(phase: str | None = "accepted", *, suspended: bool = False, **more: Any) -> dict[str, Any]:
    """A case as the hub has it."""
    case = {"case": CASE, "number": CASE, "node": "511525", "node_name": "高县", "item": "511A", "item_name": "食品经营许可", "ref": None}
    times = {"filed_at": AT, "decided_at": None, "closed_at": None}
    return {**case, **times, "phase": phase, "suspended": suspended, "red": False, "yellow": False, "imported": False, **more}


def node(state: str = "live", **more: Any) -> dict[str, Any]:
    """A node as the hub has it."""
    numbers = {"open": 3, "filed": 9, "filed_today": 2, "finished": 5, "finished_today": 1, "yellow": 1, "red": 0, "counter": 7}
    return {"code": "511525", "name": "高县", "state": state, "seen": AT, "age_seconds": 4.0, **numbers, **more}


def city(*recent: dict[str, Any], nodes: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """`/hub/city`"""
    return {"now": AT, "nodes": nodes or (node(),), "cards": [], "findings": [], "recent": recent, **more}


def event(kind: str, data: dict[str, Any] | None = None, *, verified: bool = True) -> dict[str, Any]:
    """An entry of a timeline, with its owner's sample."""
    _, service, fact, _ = kind.split(".")
    told = contract(service, fact).sample if data is None else data
    place = {"source": f"urn:liandong:511525:{service}", "epoch": 1, "sequence": 1234, "hash": "sha256:0123456789abcdef"}
    return {**place, "type": kind, "time": AT, "recordedtime": AT, "actor": "C0117", "data": told, "verified": verified, "subject": CASE}


def timeline(case: dict[str, Any], *events: dict[str, Any], clocks: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """`/hub/cases/{case}`"""
    return {"case": case, "timeline": list(events), "clocks": list(clocks), "address": "http://county"}


def proof() -> dict[str, Any]:
    """`/deadline/clocks/{clock}/proof`"""
    day = {"date": "2026-11-23", "number": 1, "counted": True, "reason_zh": "工作日"}
    stop = {"reason": "technical-assessment", "first": "2026-11-24", "last": None}
    words = {
        "kind_text": "承诺时限",
        "label": "",
        "budget_text": "8 个工作日",
        "article": "第四十二条",
        "trigger": "x#1#1",
        "calendar": "cn",
    }
    found = {**words, "case": CASE, "kind": "promised", "start": AT, "due_at": None, "days": [day], "stops": [stop], "extensions": []}
    return {**found, "rungs": [{"text": "黄牌", "at": AT}], "provisional": False, "policy_text": "次日起算", "state_text": "计时中"}
