"""Codes, numbers, names: whether a credit code or an identity number is well formed, whether a personal number stands in a text, by what names
are compared. Pure; check digits by python-stdnum.
"""

from libs.codes.credit import credit_code_fault
from libs.codes.names import folded
from libs.codes.personal import has_personal_number
from libs.codes.resident import resident_number, resident_number_fault
from libs.codes.texts import texts
from libs.codes.unseen import turns_shown, unseen

__all__ = [
    "credit_code_fault",
    "folded",
    "has_personal_number",
    "resident_number",
    "resident_number_fault",
    "texts",
    "turns_shown",
    "unseen",
]
