"""The procedures that cases of the stories are filed under."""

from __future__ import annotations

from services.intake.events import (
    Channel,
    Pinned,
    PinnedDepartment,
    PinnedMaterial,
    PinnedRemedies,
    PinnedStep,
    PinnedStop,
    StepRole,
    Stopper,
)

REMEDIES = PinnedRemedies(
    reconsider_at="高县人民政府",
    reconsider_days=60,
    sue_at="高县人民法院",
    sue_months=6,
    basis="行政复议法第二十条，行政诉讼法第四十六条",
)


SITE_VISIT = PinnedStep(name="现场核查", post="审查岗", limit_days=5, two_officers=True)
REVIEW = PinnedStep(name="审查", post="审查岗", role=StepRole.EXAMINE, limit_days=3)
SIGN = PinnedStep(name="核准", post="核准岗", role=StepRole.APPROVE, limit_days=1)
ISSUE = PinnedStep(name="制证", post="窗口岗")
"""Work after the approval, before the decision."""


def pinned(*steps: PinnedStep, kind: str = "promised") -> Pinned:
    """A procedure of these steps; of an examining and an approving one unless said otherwise."""
    return Pinned(
        item="511A00001",
        item_name="取水许可",
        procedure_version=1,
        kind=kind,
        statutory_days=20,
        promised_days=10,
        delivery_days=10,
        extension_days=10,
        extension_moves_promise=False,
        correction_days=5,
        steps=steps or (REVIEW, SIGN),
        regime="licence",
        department=PinnedDepartment(uscc="11511301008778183N", name="高县水务局"),
        materials=tuple(PinnedMaterial(name=name) for name in ("申请书", "平面图", "承诺书", "取水口平面图")),
        pay_before_delivery=False,
        suspensions=tuple(PinnedStop(reason=reason, approver_post="分管负责人", cap_days=30) for reason in Stopper),
        delivery=(Channel.COUNTER, Channel.POST, Channel.PORTAL),
        remedies=REMEDIES,
        silence_accepts=True,
        approval=True,
    )
