"""Why intake may refuse: each code once, with the articles of 行政许可法 or the policies (docs/policies.md) it rests on, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Law, refusing

LAW: Final[Mapping[str, Law]] = {
    # any act on a case
    "personal-data": Law("P-no-personal-data", "文字中不得出现身份证号码或手机号码"),
    "unknown-case": Law("P-known-case", "没有这个办件"),
    "not-authorised": Law("P-authorisation", "{because}"),
    "ended": Law("行政许可法第三十二条，行政许可法第三十八条", "办件已经终结，不再办理"),
    "not-yet-accepted": Law("行政许可法第三十二条", "尚未受理，不能办理这一环节"),
    "already-decided": Law("行政许可法第三十八条", "已经作出决定"),
    "no-reasons": Law("行政许可法第三十八条第二款，行政许可法第四十二条，P-reasons-said", "应当说明理由"),
    # filing
    "unknown-item": Law("P-pinned-procedure", "没有这个事项，或者尚未公布实施办法"),
    "not-in-force": Law("P-pinned-procedure", "收件之日该事项尚无生效的实施办法"),
    "number-taken": Law("P-case-number", "这个办件编号已经使用"),
    "kind-not-offered": Law("P-kinds-offered", "目前只办理承诺件，不办理备案"),
    "internal-is-for-imports": Law("P-imported-acts", "内部渠道只用于导入的办件"),
    "in-the-future": Law("P-imported-acts", "导入的行为发生在将来，只能导入已经发生的行为"),
    "no-applicant": Law("行政许可法第二十九条", "应当写明申请人；先登记申请人，再收件"),
    "unknown-subject": Law("P-known-subject", "申请人或者代办人没有在本节点登记，或者已经清除；先登记，再收件"),
    "not-an-applicant": Law("P-known-subject", "申请人应当是登记的自然人或者组织；代办人不是申请人"),
    "no-power-of-attorney": Law("民法典第一百六十五条", "代办应当有代办人，并登记了替本件申请人办理的授权委托书"),
    "subject-used": Law("P-known-subject", "这份登记已用于另一个办件；同一个人每次申请重新登记"),
    "duplicate-unanswered": Law("P-duplicate-answered", "同一申请人的同一事项还有未办结的办件 {cases}；核对后写明理由，再收件"),
    # acceptance
    "already-accepted": Law(
        "行政许可法第三十二条第一款第四项，行政许可法第三十二条第一款第五项，P-silence-after-return",
        "已经受理{since}",
    ),
    "told-to-correct": Law("行政许可法第三十二条第一款第五项", "已经告知补正的，补正齐全即应当受理"),
    "no-agency": Law("行政许可法第三十二条第一款第二项", "不属于本机关职权范围的，应当写明有权机关的名称和统一社会信用代码"),
    "own-agency": Law("行政许可法第三十二条第一款第二项", "有权机关不能是本机关"),
    # corrections
    "already-told-once": Law("行政许可法第三十二条第一款第四项", "应当一次告知需要补正的全部内容，不得要求补正告知以外的内容"),
    "same-list-again": Law(
        "行政许可法第三十二条第一款第四项，P-waived-at-return", "再次告知的应当是尚缺的全部内容；不再需要的在收到补正时写明"
    ),
    "not-missing": Law("行政许可法第三十二条第一款第四项，P-waived-at-return", "不再需要的应当是告知过、而且不再列为尚缺的内容"),
    "not-listed": Law("行政许可法第三十一条", "只能要求实施办法所列的申请材料"),
    "nothing-named": Law("行政许可法第三十二条第一款第四项", "补正告知应当写明需要补正的内容"),
    "corrections-not-told": Law("行政许可法第三十二条第一款第四项", "尚未告知补正"),
    # steps
    "step-in-hand": Law("P-steps-in-order", "上一环节尚未完成"),
    "out-of-order": Law("P-steps-in-order", "应当按照实施办法规定的环节顺序办理"),
    "step-not-started": Law("P-steps-in-order", "这一环节尚未开始"),
    "not-in-hand": Law("P-steps-in-order", "环节由经办人移交、完成或者退回"),
    "staff-unknown": Law("P-steps-in-order", "接办人没有在册，或者没有完成这一事项环节的授权"),
    "steps-open": Law("P-steps-in-order", "实施办法规定的环节尚未完成"),
    "needs-two-officers": Law("行政许可法第三十四条第三款", "核实实质内容应当指派两名以上工作人员"),
    "second-unknown": Law("行政许可法第三十四条第三款", "第二名工作人员不是本节点部署在册的工作人员"),
    "same-officer": Law("P-two-persons", "一审一核：审查人与核准人不得为同一人"),
    # suspension
    "stop-back-dated": Law("行政许可法第四十五条，P-notice-before-stop", "不计时的首日不得早于今日；此前的经过只能补记，并应有送达凭证"),
    "not-notified": Law("行政许可法第四十五条，P-notice-before-stop", "所需时间应当在首日或之前书面告知申请人，否则照常计时"),
    "not-foreseen": Law("行政许可法第四十五条，P-stop-cap", "实施办法没有规定这一不计时的程序"),
    "no-days": Law("行政许可法第四十五条，P-stop-cap", "所需时间至少为一个工作日"),
    "over-cap": Law("行政许可法第四十五条，P-stop-cap", "同一程序所需时间合计超过实施办法规定的上限"),
    "not-suspended": Law("行政许可法第四十五条", "没有这一编号的依法不计时的程序，或者已经结束"),
    "stop-begun": Law("行政许可法第四十五条，P-stop-called-off", "程序已经开始，不能取消，只能在结束后恢复计时"),
    "last-day-wrong": Law("行政许可法第四十五条，P-notice-before-stop", "末日应当在首日与今日之间"),
    "suspended": Law("行政许可法第四十五条，P-notice-before-stop", "依法不计时的程序尚未结束"),
    # extension
    "extension-not-told": Law("行政许可法第四十二条", "应当在受理之后、期限届满之前将延长期限的理由告知申请人"),
    "extended-once": Law("行政许可法第四十二条", "期限只能延长一次"),
    "too-long": Law("行政许可法第四十二条", "延长天数超过实施办法规定"),
    "no-head": Law("行政许可法第四十二条", "延长期限应当经行政机关负责人批准"),
    "head-not-apart": Law("行政许可法第四十二条，P-two-persons", "批准延长期限的负责人不得是本件的审查人或录入人"),
    "limit-passed": Law("行政许可法第四十二条，行政许可法第四十五条", "期限届满后不能延长，也不能依法不计时"),
    # examination and approval
    "not-examined": Law("P-examine-approve", "尚未审查，不能核准"),
    "already-approved": Law("P-examine-approve", "已经核准"),
    "no-outcome": Law("行政许可法第三十八条，P-examine-approve", "结论应当是准予或不予"),
    "no-conclusion-here": Law("P-examine-approve", "审查、核准意见只随最后一个审查、核准环节提出"),
    "not-approving": Law("P-examine-approve", "只有核准环节可以退回审查"),
    # decision
    "not-approved": Law("P-examine-approve", "尚未核准，不能作出决定"),
    "not-as-approved": Law("P-examine-approve", "决定应当与核准意见一致"),
    "no-document": Law("行政许可法第三十八条", "应当作出书面决定"),
    # delivery and close
    "not-decided": Law("行政许可法第四十四条", "尚未作出决定，不能送达"),
    "already-delivered": Law("行政许可法第四十四条", "结果已经送达"),
    "no-delivery": Law("行政许可法第四十四条，P-delivery", "结果应当由窗口、邮寄或者网上送达；打电话、发邮件、交代办人都不是送达"),
    "delivery-not-offered": Law("P-delivery", "实施办法没有提供这种送达方式"),
    "no-receipt": Law("行政许可法第四十四条，P-delivery", "送达应当有回执，并写明回执编号"),
    "not-delivered": Law("行政许可法第四十四条", "结果尚未送达，不能办结"),
    # following a case
    "wrong-code": Law("P-follow-code", "办件编号或者查询码不对；查询码丢了，可以到窗口补发"),
    # case numbers
    "numbers-used-up": Law("P-case-number", "本年度办件编号已用完"),
    "not-leased": Law("P-case-number", "只能作废已领用的编号"),
}

refused: Final = refusing(LAW)
