"""What a spreadsheet makes of a cell: an error, a formula without its value, a date or a number for a code. None of them is what was entered."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

ADVICE: Final = "请把该列设为文本"
ERROR: Final = re.compile(
    r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!|PYTHON!)"
    r"|#{3,}|(?:Err|错误)[:：]\d{3}",
    re.IGNORECASE,
)
"""Also a column too narrow for its number, and the errors that LibreOffice numbers."""
ROUNDED: Final = re.compile(r"[+-]?(?:\d+[.,]\d*E[+-]?\d+|\d+E\+\d+|\dE-?\d{1,3})", re.IGNORECASE)
"""One digit before the exponent where there is neither point nor plus: `511E07` is a code of its own."""
NUMBER: Final = re.compile(r"[+-]?\d*\.\d+%?|[+-]?\d+\.|[+-]\d+|[+-]?\d+%|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
QUOTED: Final = re.compile(r"[\"'`‘’“”]")
"""What a correction of typing makes of `'51A-01`, and what is left of `\"51A-01\"` where a file was quoted twice."""
TRUTH: Final = re.compile(r"TRUE|FALSE", re.IGNORECASE)
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_WORD: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_HOUR: Final = r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[AP]M)?"
DATE: Final = re.compile(
    rf"(?:{_YEAR}([-.]){_MONTH}\1{_DAY}|\d{{4}}/{_MONTH}/{_DAY}|{_YEAR}年{_MONTH}月(?:{_DAY}日)?|{_MONTH}月{_DAY}日|{_MONTH}/{_DAY}(?:/(?:{_YEAR}|\d\d))?"
    rf"|{_DAY}/{_MONTH}/{_YEAR}|{_DAY}-{_WORD}(?:-(?:{_YEAR}|\d\d))?|{_WORD}-\d\d)(?:[ T]{_HOUR})?|(?:-?\d+ days?, )?{_HOUR}",
    re.IGNORECASE,
)


def cell_fault(text: str) -> str | None:
    """Why a cell has no value, as a whole sentence; None: it has one."""
    plain = normalize("NFKC", text).strip()
    if ERROR.fullmatch(plain):
        return f"是表格软件的出错值 {text}，请改正后再导入"
    return "是公式而不是值，请在表格软件里算好、另存后再导入" if plain.startswith("=") else None


def code_fault(code: str) -> str | None:
    """What a spreadsheet took a code for, or put around it, as the rest of a sentence about it; None: it is as it was entered."""
    plain = normalize("NFKC", code).strip()
    if QUOTED.search(plain):
        return "带着引号；请去掉引号"
    if ROUNDED.fullmatch(plain):
        return f"被表格软件当作数字，末几位已失真；{ADVICE}"
    if NUMBER.fullmatch(plain):
        return f"被表格软件当作数字；{ADVICE}"
    if TRUTH.fullmatch(plain):
        return f"被表格软件当作真假值；{ADVICE}"
    return f"被表格软件当作日期或时间；{ADVICE}" if DATE.fullmatch(plain) else None
