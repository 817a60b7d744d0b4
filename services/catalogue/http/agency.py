"""Agency codes: whether a unified social credit code is well formed (GB 32100-2015)."""

from __future__ import annotations

from typing import Final

from stdnum import exceptions
from stdnum.cn import uscc

from services.catalogue.item.rows import AS_NUMBER

FAULTS: Final[dict[type[Exception], str]] = {
    exceptions.InvalidLength: "长度不是 18 位",
    exceptions.InvalidFormat: "格式不对",
    exceptions.InvalidChecksum: "校验码不符",
}


def agency_fault(code: str) -> str | None:
    """What is wrong with an agency's code; None: nothing. Lower case and spaces, which the library would take, are told before it sees them."""
    if not code:
        return "机构编码为空"
    if AS_NUMBER.fullmatch(code):
        return "机构编码被表格软件当作数字，末几位已失真；请把该列设为文本"
    if code != code.upper():
        return "机构编码应为大写"
    if uscc.compact(code) != code:
        return "机构编码含有空格或符号"
    try:
        uscc.validate(code)
    except exceptions.ValidationError as error:
        return f"机构编码不合 GB 32100：{FAULTS.get(type(error), '格式不对')}"
    return None
