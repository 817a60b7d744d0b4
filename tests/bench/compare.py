"""This run beside the last committed one: ratios first. Absolute figures are compared only within one run on one machine, so they are told as hints."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tests.bench.report import FIGURES, Row, figure, machine

Then = Mapping[str, Any]


def committed() -> Then:
    """The figures as the last commit has them; no rows where none were kept yet."""
    root = FIGURES.parents[1]
    command = ["git", "show", f"HEAD:{FIGURES.relative_to(root)}"]
    said = subprocess.run(command, cwd=root, capture_output=True, check=False)
    found: Then = msgspec.json.decode(said.stdout) if said.returncode == 0 else {"machine": "", "rounds": 0, "rows": {}}
    return found


def change(row: Row, then: Mapping[str, Any]) -> tuple[float, float]:
    """The measured middle then, and how many times better it is now."""
    before = Row(**{name: then[name] for name in ("work", "against", "bar", "unit", "ours", "theirs", "lower", "note")})
    times = row.middle / before.middle if before.middle else 1.0
    return before.middle, (1 / times if times else 1.0) if row.lower else times


def compared(rows: Sequence[Row], then: Then) -> list[str]:
    """One line a row: rows with a peer first, for their ratios mean something on any machine."""
    lines = [f"then: {then['machine'] or 'nothing was kept'}", f"now:  {machine()}"]
    known = then["rows"]
    for title, chosen in (
        ("ratios against a peer of the same run", [row for row in rows if row.theirs]),
        ("absolute figures: those of another machine, or another hour, mean nothing", [row for row in rows if not row.theirs]),
    ):
        lines.append(f"— {title}")
        lines += [_line(row, known.get(row.key)) for row in chosen]
    return lines


def _line(row: Row, then: Mapping[str, Any] | None) -> str:
    now = f"{row.work} / {row.against}: {figure(row.middle)}{' ×' if row.theirs else f' {row.unit}'}"
    if then is None:
        return f"{now} (new)"
    before, times = change(row, then)
    spread = statistics.pstdev(row.ratios) / row.middle if row.middle else 0.0
    better = "as it was" if abs(times - 1) <= max(spread, 0.02) else "better" if times > 1 else "WORSE"
    return f"{now}, was {figure(before)}: {better} ({times:.2f})"
