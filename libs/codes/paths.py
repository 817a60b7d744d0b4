"""The path of an address as it may be told in a log or a trace: what of it is ours stays, what somebody may have typed does not."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "▇"
LONGEST: Final = 300
"""Characters of a path that are told."""
_CASE: Final = "[0-9]{6,12}-[0-9]{8}-[0-9]{6}-[0-9]"
_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OURS: Final = re.compile(
    rf"[a-z]{{1,40}}(?:[-._][a-z]{{1,20}}){{0,4}}|[0-9]{{1,6}}|[0-9]{{9}}|[0-9]{{12}}|{_CASE}|clock:{_CASE}:[a-z]+(?::[0-9]{{1,6}})?|"
    rf"(?:subj|upload|doc)-{_UUID}|"
)
"""Words of routes, codes of nodes and small numbers, numbers of cases, names of clocks, random ids; and nothing between two slashes. No identity,
mobile or card number is written so, and no name in Chinese.
"""


def told_path(path: str) -> str:
    """The path, with `▇` for every part that is none of ours."""
    return "/".join(part if _OURS.fullmatch(part) else HIDDEN for part in path[: 2 * LONGEST].split("/"))[:LONGEST]
