"""Reading an item list: a file becomes a digest, a table, and rows sifted before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from libs.paper import read_table
from services.catalogue.http.agency import agency_fault
from services.catalogue.item.rows import AGENCY, REQUIRED, ItemRow, Sifted, sift


@dataclass(frozen=True, slots=True)
class ItemList:
    """An item list as its file was read; `note` says what a clerk should know of the file."""

    digest: str
    note: str
    rows: int
    sifted: Sifted


def read_items(data: bytes) -> ItemList:
    """Reads and sifts the whole list. Raises `libs.paper.BadTable` where the file is no such table. Blocks: a workbook takes up to a minute."""
    table = read_table(data, REQUIRED)
    rows = (ItemRow(number=number, cells=cells, agency_fault=agency_fault(cells.get(AGENCY, ""))) for number, cells in table.rows)
    return ItemList(hashlib.sha256(data).hexdigest(), table.note, len(table.rows), sift(rows))
