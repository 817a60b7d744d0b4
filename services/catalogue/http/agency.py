"""Agency codes: whether what an item list or an editor gives as one is a credit code."""

from __future__ import annotations

from libs.codes import credit_code_fault
from services.catalogue.item.spoiled import code_fault


def agency_fault(code: str) -> str | None:
    """What is wrong with an agency's code; None: nothing. A code that a spreadsheet took for something else is told as such."""
    fault = code_fault(code) or credit_code_fault(code)
    return fault and f"机构编码{fault}"
