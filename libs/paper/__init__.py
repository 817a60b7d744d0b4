"""Papers read and written. For now: tables from CSV and XLSX files."""

from libs.paper.faults import BadTable
from libs.paper.header import Heading
from libs.paper.sheet import read_table
from libs.paper.table import ReadTable

__all__ = ["BadTable", "Heading", "ReadTable", "read_table"]
