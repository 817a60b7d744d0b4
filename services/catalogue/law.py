"""Every refusal of the catalogue: what it rests on, and its sentence. Law: 行政许可法; policies: docs/policies.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Law, refusing

LAW: Final[Mapping[str, Law]] = {
    # whatever an editor writes
    "personal-data": Law("P-no-personal-data", "文字中不得出现身份证号码或手机号码"),
    "not-authorised": Law("P-authorisation", "{because}"),
    # an item
    "no-code-or-name": Law("P-item-named", "事项须有编码和名称"),
    "unknown-type": Law("P-item-named", "事项类型不在 GB/T 39046—2020 附录 A 的代码表中"),
    "known-in-another-form": Law("P-item-named", "编码只有大小写、全半角或组合形式不同，是同一事项，已登记为 {item}"),
    # a procedure is published
    "unknown-item": Law("P-item-first", "事项 {item} 未登记，先登记事项再公布实施办法"),
    "effective-in-the-past": Law("行政许可法第三十条，P-published-in-time", "实施办法应当公示，不能倒签生效日"),
    "no-basis": Law("行政许可法第四条，行政许可法第三十条，P-published-in-time", "实施办法须写明设定依据"),
    "unknown-regime": Law("P-regimes", "适用的法律制度不在规定范围内"),
    "blank-name": Law("P-names-folded", "环节、岗位和材料的名称不能为空"),
    # its limits
    "limit-below-one": Law("P-limits-whole", "期限至少 1 天；不延长的，延长天数为 0"),
    "immediate-with-limit": Law("P-limits-whole", "即办件当个工作日办结，承诺时限应为 0"),
    "promise-without-limit": Law("P-limits-whole", "承诺件须有至少 1 个工作日的承诺时限"),
    "promised-over-statutory": Law("行政许可法第四十二条，P-promised-limit", "承诺时限不得长于法定时限"),
    "statutory-over-20": Law("行政许可法第四十二条", "法定时限不超过 {most} 个工作日，另有法律规定的须逐项写明"),
    "extension-over-10": Law("行政许可法第四十二条", "延长不超过 {most} 个工作日，另有法律规定的须逐项写明"),
    "delivery-over-10": Law("行政许可法第四十四条", "决定后 {most} 个工作日内送达，不因特别法而延长"),
    "correction-over-5": Law("行政许可法第三十二条", "{most} 个工作日内一次告知补正，不因特别法而延长"),
    "limit-outside-regime": Law("P-regimes", "{limit}应为 {least} 至 {most} 个工作日"),
    "extension-outside-regime": Law("P-regimes", "适用的法律制度至多准许延长 {most} 个工作日，另有法律规定的须逐项写明"),
    # its steps
    "step-twice": Law("P-steps-within-promise，P-names-folded", "环节名称不得重复"),
    "steps-over-promise": Law("P-steps-within-promise，P-step-limit", "各环节时限之和不得超过承诺时限"),
    "no-examine-or-approve": Law("P-examine-approve，P-published-in-time", "一审一核：承诺件须有审查和核准两个环节"),
    "same-post": Law("P-two-persons，P-published-in-time，P-names-folded", "一审一核：审查岗与核准岗不得为同一岗位"),
    "examine-after-approve": Law("P-examine-approve", "审查环节应当在核准环节之前"),
    "approval-outside-regime": Law("P-regimes", "备案只告知、出具回执，不设审查和核准环节"),
    # its materials
    "material-twice": Law("行政许可法第三十条，P-names-folded", "材料名称不得重复"),
    "no-copies": Law("行政许可法第三十条", "每种材料至少要求一份"),
    "other-materials": Law("行政许可法第三十条，行政许可法第三十一条", "材料目录须写全，不得列“其他材料”"),
    # its stops
    "suspension-outside-regime": Law("行政许可法第四十五条，P-regimes", "适用的法律制度没有不计入时限的程序"),
    "suspension-twice": Law("行政许可法第四十五条", "不计入时限的程序每种只列一次"),
    # how the result is handed over
    "no-delivery-way": Law("行政许可法第四十四条，P-delivery", "送达方式至少写明一种，每种只写一次"),
    # who decides, and where it is contested
    "no-department": Law("行政许可法第三十条，P-regimes", "须写明实施机关的名称和有效的统一社会信用代码"),
    "no-remedies": Law("行政许可法第三十八条，P-regimes", "须写明复议机关、复议期限、管辖法院、起诉期限和依据"),
}

refused: Final = refusing(LAW)
