"""Item lists under test: as a workbook, as a text, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from libs.paper import BadTable
from libs.testkit.books import Page, book
from services.catalogue.http.item_list import ItemList, read_items

HEAD: Final = ("full_item_code", "name", "department")


def listed(*rows: Sequence[object], head: Sequence[object] = HEAD, **page: object) -> bytes:
    return book(Page("事项", [head, *rows], **page))  # type: ignore[arg-type]


def text(*rows: str, head: str = "full_item_code,name,department") -> bytes:
    return "\n".join((head, *rows)).encode()


def aside(found: ItemList) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in found.sifted.set_aside]


def landed(found: ItemList) -> list[str]:
    return [one.item for one in found.sifted.landed]


def refused(data: bytes, code: str) -> BadTable:
    with pytest.raises(BadTable) as bad:
        read_items(data)
    assert bad.value.code == code
    return bad.value
