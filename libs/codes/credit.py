"""Unified social credit codes (统一社会信用代码, GB 32100-2015), with the organisation's own code inside (GB 11714)."""

from __future__ import annotations

import re
from typing import Final

KINDS: Final = {
    "1": "1239",  # 机构编制：机关，事业单位，中央编办直接管理机构编制的群众团体，其他
    "2": "19",  # 外交：外国常驻新闻机构，其他
    "3": "123459",  # 司法行政：律师执业机构，公证处，基层法律服务所，司法鉴定机构，仲裁委员会，其他
    "4": "19",  # 文化：外国在华文化中心，其他
    "5": "1239",  # 民政：社会团体，民办非企业单位，基金会，其他
    "6": "129",  # 旅游：外国、港澳台地区旅游部门常驻代表机构，其他
    "7": "129",  # 宗教：宗教活动场所，宗教院校，其他
    "8": "19",  # 工会：基层工会，其他
    "9": "123",  # 工商：企业，个体工商户，农民专业合作社
    "A": "19",  # 中央军委改革和编制办公室：军队事业单位，其他
    "N": "1239",  # 农业：组级、村级、乡镇级集体经济组织，其他
    "Y": "1",  # 其他：不再划分
}
"""The first place, 登记管理部门代码, and which second places it has, 机构类别代码."""
FORM: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code_fault(code: str) -> str | None:
    """What is wrong with a credit code, as the rest of a sentence about it; None: nothing.

    Lower case and spaces, which the library would take, are told before it sees them; of the library is only the check digit, for its own
    check of the form knows no letters in the first two places.
    """
    if not code:
        return "为空"
    if code != code.upper():
        return "应为大写"
    from stdnum.cn import uscc  # the library loads half a web client: not for those who check no number

    if uscc.compact(code) != code:
        return "含有空格或符号"
    if len(code) != 18:
        return "不合 GB 32100：长度不是 18 位"
    if not FORM.fullmatch(code):
        return "不合 GB 32100：格式不对"
    if code[17] != uscc.calc_check_digit(code):
        return "不合 GB 32100：校验码不符"
    return _part_fault(code)


def _part_fault(code: str) -> str | None:
    if code[1] not in KINDS.get(code[0], ""):
        return "不合 GB 32100：登记管理部门和机构类别代码不在标准之中"
    if code[16] != organisation_check(code[8:16]):
        return "不合 GB 11714：组织机构代码的校验码不符"
    return None


def organisation_check(code: str) -> str:
    """The check digit of the eight places of an organisation's code (GB 11714), which the library does not have."""
    rest = -sum(int(place, 36) * weight for place, weight in zip(code, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
