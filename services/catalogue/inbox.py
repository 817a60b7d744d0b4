"""An item list arrives as a file: each row becomes a command or is set aside with row, column and reason."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stdnum import exceptions
from stdnum.cn import uscc

from libs.paper import read_table
from services.catalogue.item import TYPES, RegisterItem

CODE: Final = "full_item_code"
TYPE: Final = "task_type_code"
AGENCY: Final = "agency_code"
REQUIRED: Final = (CODE, "name")
NAMES: Final = {"type_code": TYPE, "department": "department", "base_code": "base_code", "area": "area_code"}
LONGEST: Final = 500
SHOWN: Final = 80
"""Characters of a value that the report repeats."""
BROKEN_CODE: Final = re.compile(r"[\s\x00-\x1f\x7f]")
BROKEN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
AS_NUMBER: Final = re.compile(r"\d(\.\d+)?E\+\d+")
"""A code that a spreadsheet took for a number: its last digits are gone."""
FAULTS: Final[dict[type[Exception], str]] = {
    exceptions.InvalidLength: "长度不是 18 位",
    exceptions.InvalidFormat: "格式不对",
    exceptions.InvalidChecksum: "校验码不符",
}


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row or one cell that did not land, and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class ItemList:
    """A file, gone through before anything is written."""

    digest: str
    note: str
    rows: int
    commands: list[RegisterItem] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    agencies: list[SetAside] = field(default_factory=list)


def agency_fault(code: str) -> str | None:
    """What is wrong with a unified social credit code (GB 32100-2015); None: nothing."""
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


def read_items(data: bytes, by: str, at: datetime) -> ItemList:
    """The whole list. Raises `libs.paper.BadTable` where the file is no such table."""
    table = read_table(data, REQUIRED)
    found = ItemList(hashlib.sha256(data).hexdigest(), table.note, len(table.rows))
    first: dict[str, int] = {}
    for number, cells in table.rows:
        fault = _code_fault(cells[CODE], first) or _fault(cells)
        if fault is not None:
            column, reason = fault
            found.set_aside.append(SetAside(number, column, cells.get(column, "")[:SHOWN], reason))
            continue
        first[cells[CODE]] = number
        found.commands.append(_command(found, number, cells, by, at))
    return found


def _code_fault(code: str, first: dict[str, int]) -> tuple[str, str] | None:
    if not code:
        return CODE, "事项编码为空"
    if AS_NUMBER.fullmatch(code):
        return CODE, "编码被表格软件当作数字，末几位已失真；请把该列设为文本"
    if BROKEN_CODE.search(code):
        return CODE, "编码中有空格、换行或控制字符"
    return (CODE, f"编码与第 {first[code]} 行重复") if code in first else None


def _fault(cells: dict[str, str]) -> tuple[str, str] | None:
    if not cells["name"]:
        return "name", "事项名称为空"
    if (kind := _type(cells)) not in TYPES:
        return TYPE, f"事项类型 {kind[:SHOWN]!r} 不在 GB/T 39046 的代码中"
    for column in (CODE, "name", *NAMES.values(), AGENCY):
        if len(cells.get(column, "")) > LONGEST:
            return column, f"超过 {LONGEST} 字"
        if BROKEN_TEXT.search(cells.get(column, "")):
            return column, "含有控制字符"
    return None


def _type(cells: dict[str, str]) -> str:
    return cells.get(TYPE, "").zfill(2)


def _command(found: ItemList, number: int, cells: dict[str, str], by: str, at: datetime) -> RegisterItem:
    given = cells.get(AGENCY, "")
    fault = agency_fault(given)
    if fault is not None:
        found.agencies.append(SetAside(number, AGENCY, given[:SHOWN], fault))
    values = {name: cells.get(column, "") for name, column in NAMES.items()} | {"type_code": _type(cells)}
    agency = "" if fault else given
    return RegisterItem(item=cells[CODE], name=cells["name"], agency=agency, agency_given=given, by=by, at=at, **values)
