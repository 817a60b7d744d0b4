"""Codes and numbers: whether a credit code is well formed, and whether a personal number stands in a text. Pure; check digits by python-stdnum."""

from libs.codes.credit import credit_code_fault
from libs.codes.personal import has_personal_number
from libs.codes.texts import texts

__all__ = ["credit_code_fault", "has_personal_number", "texts"]
