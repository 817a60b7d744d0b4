"""Why a file is no table."""

from __future__ import annotations


class BadTable(Exception):
    """The file is no table that can be read; `row` (as a spreadsheet counts, from 1) and `column` where it is about one place."""

    def __init__(self, code: str, because: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(because)
        self.code, self.because, self.row, self.column = code, because, row, column
