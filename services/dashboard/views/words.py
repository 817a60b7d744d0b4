"""The Chinese words of facts: a title for every promised event, sent or not, which of its fields a timeline shows, and the words of their values.

A test holds these tables against `contracts/events`; the words of phases stand in `contracts/phases.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, cast


class Shown(NamedTuple):
    """How a timeline shows a fact: its title, the fields it tells in order, its tone."""

    title: str
    fields: tuple[str, ...] = ()
    tone: str = ""


_ADDRESSED: Final = ("department", "post", "officer")
FACTS: Final[Mapping[str, Shown]] = {
    "liandong.intake.CaseFiled": Shown("收件"),
    "liandong.intake.CorrectionsRequested": Shown("一次告知补正", ("missing",)),
    "liandong.intake.CorrectionsReturned": Shown("补正材料收到", ("still_missing", "waived", "reasons")),
    "liandong.intake.CaseAccepted": Shown("受理", ("by",)),
    "liandong.intake.CaseNotAccepted": Shown("不予受理", ("reason", "explanation", "agency", "remedies")),
    "liandong.intake.StepFellDue": Shown("环节待办", ("name", "post")),
    "liandong.intake.StepStarted": Shown("环节开始", ("name",)),
    "liandong.intake.StepHandedOver": Shown("环节移交", ("name", "to", "reasons")),
    "liandong.intake.StepDone": Shown("环节完成", ("name", "second_officer")),
    "liandong.intake.StepSentBack": Shown("退回审查", ("reopens", "reasons")),
    "liandong.intake.ClocksSuspended": Shown("依法不计时", ("number", "reason", "first", "expected_days", "notice")),
    "liandong.intake.ClocksResumed": Shown("恢复计时", ("number", "last")),
    "liandong.intake.SuspensionCalledOff": Shown("取消依法不计时", ("number", "reasons")),
    "liandong.intake.LimitExtended": Shown("延长期限", ("days", "head", "document", "told", "reasons")),
    "liandong.intake.CaseExamined": Shown("审查", ("recommends", "reasons")),
    "liandong.intake.CaseApproved": Shown("核准", ("outcome", "reasons")),
    "liandong.intake.CaseDecided": Shown("决定", ("outcome", "document", "reasons", "remedies"), "ok"),
    "liandong.intake.ResultDelivered": Shown("送达", ("how", "receipt")),
    "liandong.intake.CaseWithdrawn": Shown("撤回申请"),
    "liandong.intake.CaseClosed": Shown("办结", (), "ok"),
    "liandong.intake.NumbersLeased": Shown("领取编号"),
    "liandong.intake.NumbersVoided": Shown("编号作废"),
    "liandong.deadline.ClockStarted": Shown("时限起算", ("clock", "label", "imported")),
    "liandong.deadline.ClockCarriedOver": Shown("时限随导入转入", ("clock", "ran", "imported")),
    "liandong.deadline.ClockStopped": Shown("时限停止", ("clock",)),
    "liandong.deadline.ClockResumed": Shown("时限恢复", ("clock",)),
    "liandong.deadline.ClockExtended": Shown("时限延长", ("clock",)),
    "liandong.deadline.ClockReminded": Shown("到期提醒", ("clock", "imported")),
    "liandong.deadline.ClockYellow": Shown("临近期限", ("clock", *_ADDRESSED, "imported")),
    "liandong.deadline.ClockRed": Shown("超过期限", ("clock", *_ADDRESSED, "imported"), "bad"),
    "liandong.deadline.SilenceNoticed": Shown("逾期未告知，视为受理", ("clock",)),
    "liandong.deadline.ClockEnded": Shown("时限结束", ("clock", "imported")),
    "liandong.deadline.ClockCancelled": Shown("时限撤销", ("clock", "imported")),
    "liandong.supervision.CardIssued": Shown("发牌", ("colour", "clock", *_ADDRESSED, "imported")),
    "liandong.supervision.FindingRaised": Shown("监察发现", ("detector", "imported"), "bad"),
    "liandong.catalogue.ItemRegistered": Shown("事项登记"),
    "liandong.catalogue.ItemChanged": Shown("事项变更"),
    "liandong.catalogue.ProcedurePublished": Shown("实施办法发布"),
    "liandong.catalogue.ItemsImported": Shown("事项清单导入"),
    "liandong.hub.NodeRegistered": Shown("节点登记"),
    "liandong.hub.KeyRegistered": Shown("密钥登记"),
}
"""By the type on the wire without its version."""
ACTS: Final = "liandong.intake."
"""Whose facts are acts of people: the `officer` did it, and the actor of an imported one only brought it in. In others' facts the officer is
who answers for the clock."""

CLOCKS: Final[Mapping[str, str]] = {
    "correction": "补正告知",
    "statutory": "法定",
    "promised": "承诺",
    "step": "环节",
    "delivery": "送达",
    "suspension": "依法不计时",
}
STOPPERS: Final[Mapping[str, str]] = {
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "technical-assessment": "鉴定",
    "expert-review": "专家评审",
}
DECLINED: Final[Mapping[str, str]] = {"not-required": "依法不需要取得行政许可", "not-ours": "依法不属于本机关职权范围"}
OUTCOMES: Final[Mapping[str, str]] = {"granted": "准予", "refused": "不予", "not-stated": "未载明"}
CHANNELS: Final[Mapping[str, str]] = {
    "counter": "窗口",
    "portal": "网上",
    "post": "邮寄",
    "phone": "电话",
    "email": "电子邮件",
    "agent": "代办",
    "internal": "内部",
}
DETECTORS: Final[Mapping[str, str]] = {"same-officer": "同一人审查和核准", "after-the-end": "办结后仍有办理"}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "reason": {**STOPPERS, **DECLINED},
    "outcome": OUTCOMES,
    "how": CHANNELS,
    "recommends": OUTCOMES,
    "by": {"decision": "经审查受理", "silence": "逾期视为受理"},
    "colour": {"yellow": "黄牌", "red": "红牌"},
    "detector": DETECTORS,
}
"""The words of a field's values; what has none is shown as it is."""
PHRASES: Final[Mapping[str, str]] = {
    "still_missing": "尚缺：{}",
    "waived": "不再需要：{}",
    "reasons": "理由：{}",
    "explanation": "说明：{}",
    "to": "交 {}",
    "second_officer": "第二名工作人员 {}",
    "first": "自 {} 起",
    "last": "末日 {}",
    "expected_days": "需 {} 个工作日",
    "days": "{} 个工作日",
    "head": "{} 批准",
    "told": "{} 告知申请人",
    "receipt": "回执：{}",
    "ran": "已经过 {} 个工作日",
}
"""What is said around a field's value where the value alone would not say what it is."""
OBJECTS: Final[Mapping[str, str]] = {
    "agency": "有权机关：{name}（{uscc}）",
    "remedies": "救济：{reconsider_days} 日内向{reconsider_at}申请行政复议，或者 {sue_months} 个月内向{sue_at}提起行政诉讼（{basis}）",
}
"""How a field that has fields of its own is said."""
NOBODY: Final = "无人承办"
"""What stands for the officer of a clock that nobody holds."""
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "live": ("在线", "ok"),
    "gap": ("缺号待补", "warn"),
    "silent": ("静默", "warn"),
    "forked": ("链分叉", "bad"),
    "unknown": ("未接入", "mute"),
}
"""The word and the tone of a node's state in the network."""


def word(value: object, words: Mapping[str, str]) -> str:
    """The Chinese word for a value, the value itself where it has none."""
    return words.get(str(value), str(value)) if value not in (None, "") else ""


def addressed(row: Mapping[str, object]) -> str:
    """Whom a card or a clock is addressed to: unit, post, and the officer, or that nobody holds it."""
    return " · ".join(filter(None, (told(field, row[field]) for field in _ADDRESSED)))


def no_due(state: str) -> str:
    """What stands for the due moment of a clock that has none: it stands still, or a stop was announced for a day that had not come."""
    return "停止计时" if state == "stopped" else "未推算"


def told(field: str, value: object) -> str:
    """A field of a fact as people read it; empty where it says nothing."""
    if field == "imported":
        return "（导入）" if value else ""
    if field == "officer":
        return str(value) if value else NOBODY
    if value in (None, "", []):
        return ""
    if field in OBJECTS:
        return OBJECTS[field].format_map(cast(Mapping[str, object], value))
    text = "、".join(map(str, value)) if isinstance(value, list) else word(value, VALUES.get(field, {}))
    return PHRASES.get(field, "{}").format(clock_text(text) if field == "clock" else text)


def clock_text(name: str) -> str:
    """What a clock measures, by its name: `clock:<case>:<kind>`, `clock:<case>:step:<n>`."""
    kind, *number = name.split(":")[2:] or [""]
    return " ".join([word(kind, CLOCKS), *number])


def clock_number(name: str) -> str:
    """Which one of its kind a clock is, by its name; empty: there is one only."""
    return "".join(name.split(":")[3:])
