"""What a page shows of what the services answered: Chinese words for facts, times as times. No rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

EVENTS: Final[Mapping[str, str]] = {
    "CaseFiled": "收件",
    "CorrectionsRequested": "一次告知补正",
    "CorrectionsReturned": "补正材料收到",
    "CaseAccepted": "受理",
    "CaseNotAccepted": "不予受理",
    "StepStarted": "环节开始",
    "StepDone": "环节完成",
    "ClocksSuspended": "依法不计时",
    "ClocksResumed": "恢复计时",
    "LimitExtended": "延长期限",
    "CaseExamined": "审查",
    "CaseApproved": "核准",
    "CaseDecided": "决定",
    "ResultDelivered": "送达",
    "CaseWithdrawn": "撤回申请",
    "CaseClosed": "办结",
    "ClockStarted": "时限起算",
    "ClockStopped": "时限停止",
    "ClockResumed": "时限恢复",
    "ClockExtended": "时限延长",
    "ClockReminded": "到期提醒",
    "ClockYellow": "临近期限",
    "ClockRed": "超过期限",
    "SilenceNoticed": "逾期未告知，视为受理",
    "ClockEnded": "时限结束",
    "ClockCancelled": "时限撤销",
    "CardIssued": "发牌",
    "FindingRaised": "监察发现",
}
KINDS: Final[Mapping[str, str]] = {
    "correction": "补正告知",
    "statutory": "法定",
    "promised": "承诺",
    "step": "环节",
    "delivery": "送达",
}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "live": ("在线", "ok"),
    "gap": ("缺号待补", "warn"),
    "silent": ("静默", "warn"),
    "forked": ("链分叉", "bad"),
    "unknown": ("未接入", "mute"),
}
PHASES: Final[Mapping[str, str]] = {
    "filed": "已收件",
    "correcting": "待补正",
    "returned": "补正待核",
    "accepted": "办理中",
    "not-accepted": "不予受理",
    "suspended": "依法不计时",
    "examined": "已审查",
    "approved": "已核准",
    "decided": "已决定",
    "delivered": "已送达",
    "withdrawn": "已撤回",
    "closed": "已办结",
}
VALUES: Final[Mapping[str, str]] = {
    "granted": "准予",
    "refused": "不予",
    "not-stated": "未载明",
    "decision": "当场决定",
    "silence": "逾期视为受理",
    "yellow": "黄牌",
    "red": "红牌",
    "same-officer": "同一人审查和核准",
    "after-the-end": "办结后仍有办理",
    "counter": "窗口",
    "portal": "网上",
    "post": "邮寄",
    "phone": "电话",
    "email": "电子邮件",
    "agent": "代办",
    "internal": "内部导入",
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert-review": "专家评审",
}


def moment(value: object) -> datetime | None:
    """A time as it stands in JSON."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def word(value: object, words: Mapping[str, str] = VALUES) -> str:
    """The Chinese word for a value, the value itself where it has none."""
    return words.get(str(value), str(value)) if value not in (None, "") else ""


def city_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes with their state as words, totals, cards with times."""
    nodes = [_node(node) for node in found["nodes"]]
    total = {key: sum(node[key] for node in nodes) for key in ("open", "closed", "yellow", "red", "filed_today", "closed_today")}
    cards = [
        {**card, "at": moment(card["at"]), "due_at": moment(card["due_at"]), "kind": word(card["clock_kind"], KINDS)}
        for card in found["cards"]
    ]
    findings = [{**row, "at": moment(row["at"]), "what": word(row["detector"])} for row in found["findings"]]
    recent = [{**row, "filed_at": moment(row["filed_at"]), "phase_text": word(row["phase"], PHASES)} for row in found["recent"]]
    return {"now": moment(found["now"]), "nodes": nodes, "total": total, "cards": cards, "findings": findings, "recent": recent}


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    text, tone = STATES[node["state"]]
    return {**node, "state_text": text, "tone": tone, "seen": moment(node["seen"])}


def timeline_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """A case's events as sentences, newest first, each with its place in its chain."""
    row = found["case"]
    events = [_event(event) for event in reversed(found["timeline"])]
    times = {key: moment(row[key]) for key in ("filed_at", "decided_at", "closed_at")}
    return {
        "case": {**row, **times, "phase_text": word(row["phase"], PHASES)},
        "events": events,
        "clocks": [_clock(clock) for clock in found["clocks"]],
        "verified": all(event["verified"] for event in found["timeline"]),
        "address": found.get("address", ""),
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    name = str(event["type"]).split(".")[2]
    data = event["data"]
    service = str(event["source"]).split(":")[3]
    return {
        "title": word(name, EVENTS),
        "text": _details(name, data),
        "who": event["actor"],
        "at": moment(event["time"]),
        "proof": f"{event['source'].split(':')[2]}/{service} 第 {event['sequence']:,} 号 · {event['hash'].partition(':')[2][:12]}",
        "verified": event["verified"],
        "tone": {"ClockRed": "bad", "FindingRaised": "bad", "CaseClosed": "ok", "CaseDecided": "ok"}.get(name, ""),
    }


def _details(name: str, data: Mapping[str, Any]) -> str:
    kind = word(data.get("kind") or data.get("clock_kind"), KINDS) if name.startswith(("Clock", "Card", "Silence")) else ""
    parts = [
        kind,
        word(data.get("colour")),
        word(data.get("detector")),
        str(data.get("name", "")) if name.startswith("Step") else "",
        word(data.get("outcome") or data.get("recommends")),
        word(data.get("by")) if name == "CaseAccepted" else "",
        "、".join(data.get("missing") or data.get("still_missing") or ()),
        word(data.get("reason")) if name in ("ClocksSuspended", "CaseNotAccepted") else "",
        "（导入）" if data.get("imported") else "",
    ]
    return " ".join(part for part in parts if part)


def _clock(clock: Mapping[str, Any]) -> dict[str, Any]:
    return {**clock, "kind_text": word(clock["kind"], KINDS), "due_at": moment(clock["due_at"])}


def clock_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A site's own clocks with times as times."""
    return [{**clock, "due_at": moment(clock["due_at"])} for clock in found]


def proof_model(found: Mapping[str, Any]) -> dict[str, Any]:
    """The derivation with dates as dates."""
    days: Sequence[Mapping[str, Any]] = found["days"]
    return {
        **found,
        "kind_text": word(found["kind"], KINDS),
        "start": moment(found["start"]),
        "due_at": moment(found["due_at"]),
        "days": [{**day, "date": date.fromisoformat(day["date"])} for day in days],
        "stops": [{**stop, "reason_text": word(stop["reason"])} for stop in found["stops"]],
        "rungs": [{**rung, "at": moment(rung["at"])} for rung in found["rungs"]],
    }
