"""Agency codes: whether what an item list or an editor gives as one is a credit code."""

from __future__ import annotations

from libs.codes import credit_code_fault
from services.catalogue.item.rows import AS_NUMBER


def agency_fault(code: str) -> str | None:
    """What is wrong with an agency's code; None: nothing. A code that a spreadsheet took for a number is told as such."""
    if AS_NUMBER.fullmatch(code):
        return "机构编码被表格软件当作数字，末几位已失真；请把该列设为文本"
    fault = credit_code_fault(code)
    return fault and f"机构编码{fault}"
