"""What stands in the address of a request: nodes, cases, positions, pages. Every number and every name has its bounds here."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import Field

from libs.forms import CASE_NUMBER, NODE_CODE, SUBJECT_ID

LAST_EPOCH: Final = 2**31 - 1
LAST_NUMBER: Final = 2**62
"""Of a feed and of a table; also exact where a program reads numbers as floats, as descriptions are written."""
_SERVICE: Final = "[a-z][a-z0-9-]{0,40}"

NodePath = Annotated[str, Path(pattern=f"^{NODE_CODE}$")]
"""A node's division code in the path: 6, 9 or 12 digits."""
CasePath = Annotated[str, Path(pattern=f"^{CASE_NUMBER}$")]
"""A case number in the path."""
SubjectPath = Annotated[str, Path(pattern=f"^{SUBJECT_ID}$")]
"""A subject of the vault in the path; at whose node it is kept, the handler asks."""
ServicePath = Annotated[str, Path(pattern=f"^{_SERVICE}$")]
"""The name of a service in the path."""
EpochPath = Annotated[int, Path(ge=1, le=LAST_EPOCH)]
"""The epoch of a feed in the path."""
Epoch = Annotated[int, Query(ge=1, le=LAST_EPOCH)]
SequenceQuery = Annotated[int, Query(ge=0, le=LAST_NUMBER)]
"""The number a caller has from a command: the answer waits for it, 2 s at most; 0: it does not wait."""
After = Annotated[int, Query(ge=0, le=LAST_NUMBER)]
"""The number of a feed behind which a page begins."""
PageSize = Annotated[int, Query(ge=1, le=500)]
"""Rows of a page."""
FeedSize = Annotated[int, Query(ge=1, le=1000)]
"""Events of a page of a feed."""
Source = Annotated[str, Field(max_length=80, pattern=f"^urn:liandong:[0-9]{{6,12}}:{_SERVICE}$")]
"""The origin of a feed."""
RowNumber = Annotated[int, Field(ge=1, le=LAST_NUMBER)]
"""The number of a row that the operator is shown."""
RowNumbers = Annotated[tuple[RowNumber, ...], Field(max_length=1000)]
