"""Which row of an item list lands, and which row or agency code is set aside, and why. No value is guessed, and every fault is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from unicodedata import category, normalize

from libs.codes import folded, has_personal_number, text_fault, unseen
from libs.decider import record
from services.catalogue.item import TYPES, TYPES_BY_WORD, Wording
from services.catalogue.item.spoiled import cell_fault, code_fault

CODE: Final = "full_item_code"
NAME: Final = "name"
TYPE: Final = "task_type_code"
TYPE_WORD: Final = "item_type"
DEPARTMENT: Final = "department"
BASE: Final = "base_code"
AREA: Final = "area_code"
AGENCY: Final = "agency_code"
REQUIRED: Final = (CODE, NAME)
"""The columns without which a table is no item list."""
COLUMNS: Final = {"department": DEPARTMENT, "base_code": BASE, "area": AREA}
LONGEST: Final = 500
SHOWN: Final = 80
"""Characters of a value that the report repeats."""
HIDDEN: Final = "▇"
"""Stands in the report for a value with somebody's number in it."""
BROKEN_CODE: Final = re.compile(r"[\s\x00-\x1f\x7f]")
SIGN_OF_CODE: Final = re.compile(r"[0-9A-Za-z]")
"""Any code has one: a word (无, 合计, the header again in other words) or a stroke stands where there is none."""
BROKEN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
AGAIN: Final = "再从原系统重新导出"
MARK: Final = frozenset({"Mn", "Me"})
"""Categories of marks over a letter: what is left of them in the composed form of a code can hardly be seen."""
Fault = tuple[str, str]
"""Column and reason."""


@record
class ItemRow:
    """One row as the file has it, numbered as a spreadsheet does. `agency_fault`: what check digits say of its agency code; None: nothing."""

    number: int
    cells: Mapping[str, str]
    agency_fault: str | None


@record
class SetAside:
    """One row or one agency code that did not land, and why."""

    row: int
    column: str
    value: str
    reason: str


@record
class Sifted:
    """What a list comes to: the wordings that land with the numbers of their rows, the rows set aside, and the agency codes set aside of
    rows that land.
    """

    landed: tuple[Wording, ...]
    numbers: tuple[int, ...]
    set_aside: tuple[SetAside, ...]
    agencies: tuple[SetAside, ...]


def sift(rows: Iterable[ItemRow]) -> Sifted:
    """Sifts the whole list; of rows with the same code, whatever its width, case and composition, the first that is sound lands."""
    first: dict[str, ItemRow] = {}
    landed: list[ItemRow] = []
    aside: list[SetAside] = []
    for row in rows:
        fault = _code_fault(row.cells[CODE], first) or _fault(row.cells)
        if fault is not None:
            aside.append(_set_aside(row, *fault))
            continue
        first[folded(row.cells[CODE])] = row
        landed.append(row)
    agencies = tuple(_set_aside(row, AGENCY, row.agency_fault) for row in landed if row.agency_fault is not None)
    numbers = tuple(row.number for row in landed)
    return Sifted(landed=tuple(map(_wording, landed)), numbers=numbers, set_aside=tuple(aside), agencies=agencies)


def _set_aside(row: ItemRow, column: str, reason: str) -> SetAside:
    return SetAside(row=row.number, column=column, value=_shown(row.cells.get(column, "")), reason=reason)


def _shown(cell: str) -> str:
    """A cell as it is told, short; nobody's number is repeated."""
    return HIDDEN if has_personal_number(cell) else cell[:SHOWN]


def _code_fault(code: str, first: Mapping[str, ItemRow]) -> Fault | None:
    if not code:
        return CODE, "事项编码为空"
    if fault := cell_fault(code):
        return CODE, fault
    if fault := code_fault(code):
        return CODE, f"编码{fault}，{AGAIN}"
    if BROKEN_CODE.search(code):
        return CODE, "编码中有空格、换行或控制字符"
    if hidden := unseen(code) or _mark(code):
        return CODE, f"编码中有看不见的字符 {hidden}"
    if not SIGN_OF_CODE.search(normalize("NFKC", code)):
        return CODE, "编码里没有字母或数字，不是编码"
    known = first.get(folded(code))
    return (CODE, f"编码与第 {known.number} 行重复{_as_there(known.cells[CODE], code)}") if known else None


def _mark(code: str) -> str | None:
    return next((f"U+{ord(sign):04X}" for sign in normalize("NFKC", code) if category(sign) in MARK), None)


def _as_there(known: str, code: str) -> str:
    return "" if known == code else f"（那里写作「{_shown(known)}」）"


def _fault(cells: Mapping[str, str]) -> Fault | None:
    if not cells[NAME]:
        return NAME, "事项名称为空"
    column, given = _type(cells)
    read = (CODE, NAME, column, *COLUMNS.values(), AGENCY)
    if spoiled := next(((one, fault) for one in read if (fault := cell_fault(cells.get(one, "")))), None):
        return spoiled
    if given not in TYPES:
        return column, f"事项类型 {_shown(given)!r} 不在 GB/T 39046 的代码中"
    return next(filter(None, (_text_fault(one, cells) for one in read)), None)


def _text_fault(column: str, cells: Mapping[str, str]) -> Fault | None:
    text = cells.get(column, "")
    if not text:
        return None
    if len(text) > LONGEST:
        return column, f"超过 {LONGEST} 字"
    if BROKEN_TEXT.search(text):
        return column, "含有控制字符"
    if fault := text_fault(text):
        return column, fault.because
    if column in (BASE, AREA) and (spoiled := code_fault(text)):
        return column, f"{spoiled}，{AGAIN}"
    return (column, "含有身份证号码或手机号码") if has_personal_number(text) else None


def _type(cells: Mapping[str, str]) -> tuple[str, str]:
    """The column of the type, and its code: by its word where the list has no code for it."""
    column = TYPE if cells.get(TYPE) or not cells.get(TYPE_WORD) else TYPE_WORD
    given = cells.get(column, "")
    return column, TYPES_BY_WORD.get(given, given.zfill(2))


def _wording(row: ItemRow) -> Wording:
    given = row.cells.get(AGENCY, "")
    said = {name: row.cells.get(column, "") for name, column in COLUMNS.items()} | {"type_code": _type(row.cells)[1]}
    agency = given if row.agency_fault is None else ""
    return Wording(item=row.cells[CODE], name=row.cells[NAME], agency=agency, agency_given=given, **said)
