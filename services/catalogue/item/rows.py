"""Which row of an item list lands, and which row or agency code is set aside, and why. No value is guessed, and every fault is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from libs.codes import has_personal_number
from libs.decider import record
from services.catalogue.item import TYPES, Wording

CODE: Final = "full_item_code"
NAME: Final = "name"
TYPE: Final = "task_type_code"
AGENCY: Final = "agency_code"
REQUIRED: Final = (CODE, NAME)
"""The columns without which a table is no item list."""
COLUMNS: Final = {"type_code": TYPE, "department": "department", "base_code": "base_code", "area": "area_code"}
LONGEST: Final = 500
SHOWN: Final = 80
"""Characters of a value that the report repeats."""
BROKEN_CODE: Final = re.compile(r"[\s\x00-\x1f\x7f]")
BROKEN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
AS_NUMBER: Final = re.compile(r"\d(\.\d+)?E\+\d+")
"""A code that a spreadsheet took for a number: its last digits are gone."""
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
    """What a list comes to: the wordings that land, the rows set aside, and the agency codes set aside of rows that land."""

    landed: tuple[Wording, ...]
    set_aside: tuple[SetAside, ...]
    agencies: tuple[SetAside, ...]


def sift(rows: Iterable[ItemRow]) -> Sifted:
    """Sifts the whole list; of rows with the same code the first that is sound lands."""
    first: dict[str, int] = {}
    landed: list[ItemRow] = []
    aside: list[SetAside] = []
    for row in rows:
        fault = _code_fault(row.cells[CODE], first) or _fault(row.cells)
        if fault is not None:
            aside.append(_set_aside(row, *fault))
            continue
        first[row.cells[CODE]] = row.number
        landed.append(row)
    agencies = tuple(_set_aside(row, AGENCY, row.agency_fault) for row in landed if row.agency_fault is not None)
    return Sifted(landed=tuple(map(_wording, landed)), set_aside=tuple(aside), agencies=agencies)


def _set_aside(row: ItemRow, column: str, reason: str) -> SetAside:
    return SetAside(row=row.number, column=column, value=row.cells.get(column, "")[:SHOWN], reason=reason)


def _code_fault(code: str, first: Mapping[str, int]) -> Fault | None:
    if not code:
        return CODE, "事项编码为空"
    if AS_NUMBER.fullmatch(code):
        return CODE, "编码被表格软件当作数字，末几位已失真；请把该列设为文本"
    if BROKEN_CODE.search(code):
        return CODE, "编码中有空格、换行或控制字符"
    return (CODE, f"编码与第 {first[code]} 行重复") if code in first else None


def _fault(cells: Mapping[str, str]) -> Fault | None:
    if not cells[NAME]:
        return NAME, "事项名称为空"
    if (kind := _type(cells)) not in TYPES:
        return TYPE, f"事项类型 {kind[:SHOWN]!r} 不在 GB/T 39046 的代码中"
    return next(filter(None, (_text_fault(column, cells) for column in (CODE, NAME, *COLUMNS.values(), AGENCY))), None)


def _text_fault(column: str, cells: Mapping[str, str]) -> Fault | None:
    text = cells.get(column, "")
    if len(text) > LONGEST:
        return column, f"超过 {LONGEST} 字"
    if BROKEN_TEXT.search(text):
        return column, "含有控制字符"
    return (column, "含有身份证号码或手机号码") if has_personal_number(text) else None


def _type(cells: Mapping[str, str]) -> str:
    return cells.get(TYPE, "").zfill(2)


def _wording(row: ItemRow) -> Wording:
    given = row.cells.get(AGENCY, "")
    said = {name: row.cells.get(column, "") for name, column in COLUMNS.items()} | {"type_code": _type(row.cells)}
    agency = given if row.agency_fault is None else ""
    return Wording(item=row.cells[CODE], name=row.cells[NAME], agency=agency, agency_given=given, **said)
