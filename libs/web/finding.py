"""What somebody put into the search box: a case number, a scanned QR code, a credit code, or words for an item.

An identity or mobile number is told apart, so that it is looked for nowhere and stands in no address that follows.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import unquote

from libs.codes import credit_code_fault, has_personal_number, resident_number_fault
from libs.forms import CASE_NUMBER

LONGEST: Final = 500
"""Characters of what is looked for; a scanned address may be long."""
_CASE: Final = re.compile(rf"(?<![0-9]){CASE_NUMBER}(?![0-9])")
_ADDRESS: Final = re.compile(r"(?:https?://[^/?#]*)?([/?].*)", re.DOTALL)
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—−－ー", "-"))


class SearchedKind(StrEnum):
    """What it is that somebody looks for."""

    NOTHING = "nothing"
    CASE = "case"
    CREDIT_CODE = "credit-code"
    PERSONAL = "personal"
    WORDS = "words"


class Searched(NamedTuple):
    """What is looked for, in its plain form: empty for nothing and for a personal number."""

    kind: SearchedKind
    text: str


def sought(typed: str) -> Searched:
    """What was typed, pasted or scanned."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST]).translate(_DASHES).strip()
    if not plain:
        return Searched(SearchedKind.NOTHING, "")
    if case := _case_in(plain):
        return Searched(SearchedKind.CASE, case)
    code = "".join(plain.split()).upper()
    if resident_number_fault(code) is None:  # before the credit code: one in some hundred of Sichuan's numbers is right as both
        return Searched(SearchedKind.PERSONAL, "")
    if credit_code_fault(code) is None:
        return Searched(SearchedKind.CREDIT_CODE, code)
    if has_personal_number(plain):
        return Searched(SearchedKind.PERSONAL, "")
    return Searched(SearchedKind.WORDS, " ".join(plain.split())[:100])


def _case_in(plain: str) -> str:
    """A case number by itself, or the one that a scanned address leads to."""
    if re.fullmatch(CASE_NUMBER, tight := "".join(plain.split())):
        return tight
    address = _ADDRESS.fullmatch(plain)
    found = _CASE.search(unquote(address[1])) if address else None
    return found[0] if found else ""
