"""Codes, numbers, names: whether a credit code or an identity number is well formed, whether a personal number stands in a text, by what names
are compared, what of an address may be told. Pure; check digits by python-stdnum.
"""

from libs.codes.credit import credit_code_fault
from libs.codes.names import folded
from libs.codes.paths import told_path
from libs.codes.personal import has_personal_number
from libs.codes.resident import resident_number, resident_number_fault
from libs.codes.texts import texts
from libs.codes.unseen import MOST_MARKS, overloaded, text_fault, turns_shown, unseen, without_marks

__all__ = [
    "MOST_MARKS",
    "credit_code_fault",
    "folded",
    "has_personal_number",
    "overloaded",
    "resident_number",
    "resident_number_fault",
    "text_fault",
    "texts",
    "told_path",
    "turns_shown",
    "unseen",
    "without_marks",
]
