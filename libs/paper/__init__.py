"""Papers read and written. For now: tables from CSV and XLSX files."""

from libs.paper.sheet import BadTable, ReadTable, read_table

__all__ = ["BadTable", "ReadTable", "read_table"]
