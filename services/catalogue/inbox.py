"""An item list arrives as a file: each row becomes a command or is set aside with row, column and reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from libs.paper import read_table
from services.catalogue.item import RegisterItem

CODE: Final = "full_item_code"
REQUIRED: Final = (CODE, "name")
NAMES: Final = {"type_code": "task_type_code", "department": "department", "base_code": "base_code", "area": "area_code"}
TYPES: Final = frozenset({"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"})
"""事项类型 of GB/T 39046-2020, Appendix A."""
LONGEST: Final = 500


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
    if code != code.upper():
        return "机构编码应为大写"
    if uscc.compact(code) != code:
        return "机构编码含有空格或符号"
    try:
        uscc.validate(code)
    except ValidationError as error:
        return f"机构编码不合 GB 32100（{type(error).__name__}）"
    return None


def read_items(data: bytes, by: str, at: datetime) -> ItemList:
    """The whole list. Raises `libs.paper.BadTable` where the file is no such table."""
    table = read_table(data, REQUIRED)
    found = ItemList(hashlib.sha256(data).hexdigest(), table.note, len(table.rows))
    first: dict[str, int] = {}
    for number, cells in table.rows:
        fault = _fault(cells, first)
        if fault is not None:
            column, reason = fault
            found.set_aside.append(SetAside(number, column, cells.get(column, "")[:80], reason))
            continue
        first[cells[CODE]] = number
        found.commands.append(_command(found, number, cells, by, at))
    return found


def _fault(cells: dict[str, str], first: dict[str, int]) -> tuple[str, str] | None:
    code = cells[CODE]
    if not code:
        return CODE, "事项编码为空"
    if not cells["name"]:
        return "name", "事项名称为空"
    if code in first:
        return CODE, f"编码与第 {first[code]} 行重复"
    kind = _type(cells)
    if kind not in TYPES:
        return "task_type_code", f"事项类型 {kind!r} 不在 GB/T 39046 的代码中"
    long = next((name for name in (CODE, "name", *NAMES.values()) if len(cells.get(name, "")) > LONGEST), None)
    return (long, f"超过 {LONGEST} 字") if long else None


def _type(cells: dict[str, str]) -> str:
    return cells.get("task_type_code", "").zfill(2)


def _command(found: ItemList, number: int, cells: dict[str, str], by: str, at: datetime) -> RegisterItem:
    given = cells.get("agency_code", "")
    fault = agency_fault(given)
    if fault is not None:
        found.agencies.append(SetAside(number, "agency_code", given[:80], fault))
    values = {name: cells.get(column, "") for name, column in NAMES.items()} | {"type_code": _type(cells)}
    agency = "" if fault else given
    return RegisterItem(item=cells[CODE], name=cells["name"], agency=agency, agency_given=given, by=by, at=at, **values)
