"""Reading an item list: a file becomes a digest, a table, and rows sifted before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from libs.paper import ReadTable, read_table
from services.catalogue.http.agency import agency_fault
from services.catalogue.http.columns import COLUMNS
from services.catalogue.item import importing
from services.catalogue.item.rows import AGENCY, CODE, REQUIRED, ItemRow, SetAside, Sifted, sift

SHOWN: Final = 10
"""Rows that a note counts up."""


@dataclass(frozen=True, slots=True)
class ItemList:
    """An item list as its file was read; `notes` say what a clerk should know of the file. Columns are told as the file has them.

    `numbers`: in which row the item of a code stands.
    """

    digest: str
    notes: tuple[str, ...]
    rows: int
    sifted: Sifted
    numbers: Mapping[str, int]
    code_column: str


def read_items(data: bytes) -> ItemList:
    """Reads and sifts the whole list. Raises `libs.paper.BadTable` where the file is no such table. Blocks: a workbook takes up to a minute."""
    table = read_table(data, REQUIRED, COLUMNS)
    found = sift(ItemRow(number=number, cells=cells, agency_fault=_agency_fault(cells)) for number, cells in table.rows)
    sifted = replace(found, set_aside=_as_in_file(table, found.set_aside), agencies=_as_in_file(table, found.agencies))
    numbers = {landed.item: row for row, landed in zip(found.numbers, found.landed, strict=True)}
    return ItemList(hashlib.sha256(data).hexdigest(), table.notes, len(table.rows), sifted, numbers, table.header.shown(CODE))


def _agency_fault(cells: Mapping[str, str]) -> str | None:
    """What is wrong with a row's agency code; a list without such a column says nothing of agencies, which is no fault of its rows."""
    return agency_fault(cells[AGENCY]) if AGENCY in cells else None


def _as_in_file(table: ReadTable, rows: Sequence[SetAside]) -> tuple[SetAside, ...]:
    return tuple(replace(row, column=table.header.shown(row.column)) for row in rows)


def tried(name: str, data: bytes) -> dict[str, Any]:
    """What an import of this file would do, as far as the file alone tells: nothing is written. Raises `BadTable`, and what an import refuses."""
    importing.may_import(name)
    found = read_items(data)
    aside = [{key: value for key, value in asdict(row).items() if key != "value"} for row in found.sifted.set_aside]
    notes = [*found.notes, *_agencies(found.sifted.agencies)]
    return {"read": found.rows, "land": len(found.sifted.landed), "set_aside": aside, "notes": notes}


def _agencies(aside: Sequence[SetAside]) -> list[str]:
    """A note of the agency codes that do not land with their rows; a list need not have any."""
    wrong = [row for row in aside if row.value]
    if not wrong:
        return []
    rows = "、".join(str(row.row) for row in wrong[:SHOWN]) + ("……" if len(wrong) > SHOWN else "")
    return [f"{len(wrong):,} 行可落地但机构编码搁置：第 {rows} 行；第 {wrong[0].row} 行{wrong[0].reason}"]
