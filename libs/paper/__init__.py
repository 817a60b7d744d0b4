"""Papers read and written. For now: tables from CSV and XLSX files."""

from libs.paper.sheet import BadTable, Table, read_table

__all__ = ["BadTable", "Table", "read_table"]
