"""A licence of water, and the bodies of the requests that work on it: what a body must say is said here once for all tests of the whole."""

from __future__ import annotations

from typing import Any, Final

from libs.story import Told
from tests.together.telling import Telling

CLERK: Final = "C0117"
EXAMINER: Final = "E0201"
APPROVER: Final = "A0301"
HEAD: Final = "H0001"
STEPS: Final = (
    {"name": "审查", "post": "审查岗", "role": "examine", "limit_days": 3},
    {"name": "核准", "post": "核准岗", "role": "approve", "limit_days": 1},
)
PINS: Final = {
    "department": {"uscc": "11511301008778183N", "name": "县水利局"},
    "materials": [{"name": "申请书", "original": True}, {"name": "平面图", "copies": 2}],
    "suspensions": [
        {"reason": reason, "approver_post": "核准岗", "cap_days": 30} for reason in ("hearing", "inspection", "testing", "expert-review")
    ],
    "remedies": {
        "reconsider_at": "县人民政府",
        "reconsider_days": 60,
        "sue_at": "县人民法院",
        "sue_months": 6,
        "basis": "行政复议法第二十条，行政诉讼法第四十六条",
    },
}


def licence(**changes: Any) -> dict[str, Any]:
    """The body that publishes the procedure: 20 working days by law, 10 promised, two steps; with `changes`."""
    return {
        "item": "511A00001",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": 10,
        "basis": "《取水许可和水资源费征收管理条例》",
        "steps": STEPS,
        **PINS,
        **changes,
    }


def filed(at: str = "2007-03-05T09:00", **changes: Any) -> Telling:
    """Filed on Monday 5 March 2007, under the licence with `changes`."""
    story = Telling(licence(**changes))
    assert story.act(at, CLERK, materials=["申请书"]).refused is None
    return story


def accepted(at: str = "2007-03-05T10:00", **changes: Any) -> Telling:
    """Filed and accepted on the same day. Promised by 19 March, due by law by 2 April."""
    story = filed(**changes)
    assert story.act(at, CLERK, "acceptance").refused is None
    return story


def take_up(story: Telling, step: str, by: str, at: str) -> Told:
    """An officer takes the next step in hand."""
    return story.act(at, by, "steps/start", name=step)


def conclude_examining(story: Telling, at: str) -> Told:
    """The examining step is done by its holder, who recommends that it be granted."""
    return story.act(at, EXAMINER, "steps/done", name="审查", recommends="granted")


def conclude_approving(story: Telling, at: str) -> Told:
    """The approving step is done by its holder: to be granted."""
    return story.act(at, APPROVER, "steps/done", name="核准", outcome="granted")


def examine(story: Telling, start: str, done: str) -> None:
    """The examining step is taken up and done."""
    assert take_up(story, "审查", EXAMINER, start).refused is None
    assert conclude_examining(story, done).refused is None


def approve(story: Telling, start: str, done: str) -> None:
    """The approving step is taken up and done."""
    assert take_up(story, "核准", APPROVER, start).refused is None
    assert conclude_approving(story, done).refused is None


def decide(story: Telling, at: str) -> Told:
    """The decision: granted."""
    return story.act(at, APPROVER, "decision", outcome="granted", document="宜水许〔2007〕5号")


def deliver(story: Telling, at: str) -> Told:
    """The applicant has taken the result at the counter, against a receipt."""
    return story.act(at, CLERK, "delivery", how="counter", receipt="宜水达〔2007〕5号")


def suspend(story: Telling, at: str, first: str, reason: str = "inspection", expected_days: int = 5) -> Told:
    """A procedure of Art. 45 from `first` on, of which the applicant was told that day, or today if that is earlier."""
    return story.act(
        at,
        APPROVER,
        "suspension",
        reason=reason,
        expected_days=expected_days,
        notice="宜水函〔2007〕8号",
        notified=min(first, at[:10]),
        first=first,
    )


def resume(story: Telling, at: str, last: str, number: int = 1) -> Told:
    """The procedure of Art. 45 ended, the `number`th of the case."""
    return story.act(at, APPROVER, "resumption", number=number, last=last)


def call_off(story: Telling, at: str, number: int = 1) -> Told:
    """The procedure of Art. 45 will not be held, the `number`th of the case."""
    return story.act(at, APPROVER, "suspension/call-off", number=number, reasons="申请人已提交检验报告")


def extend(story: Telling, at: str, days: int = 10, told: str = "", head: str = HEAD) -> Told:
    """The head has extended the limit, and the applicant was told today, unless said otherwise."""
    return story.act(
        at, APPROVER, "extension", days=days, head=head, document="宜水批〔2007〕3号", told=told or at[:10], reasons="需要专家论证"
    )
