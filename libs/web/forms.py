"""What stands in the address of a request: nodes, cases, positions, pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from libs.forms import CASE_NUMBER, NODE_CODE

NodePath = Annotated[str, Path(pattern=f"^{NODE_CODE}$")]
"""A node's division code in the path: 6, 9 or 12 digits."""
CasePath = Annotated[str, Path(pattern=f"^{CASE_NUMBER}$")]
"""A case number in the path."""
Epoch = Annotated[int, Query(ge=1, le=2**31 - 1)]
SequenceQuery = Annotated[int, Query(ge=0, le=2**62)]
"""The number a caller has from a command: the answer waits for it, 2 s at most; 0: it does not wait."""
PageSize = Annotated[int, Query(ge=1, le=500)]
"""Rows of a page."""
