"""A permit office's log: read whole or refused with line and column; spread evenly; one case as the import takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.onebox.receipt import COLUMNS, NotALog, as_import, last_instant, read_log
from services.onebox.replay import spread

FIRST = {
    "case:channel": "Desk",
    "case:concept:name": "case-1",
    "case:deadline": "2011-03-01T00:00:00+01:00",
    "case:enddate": "2011-01-05T12:00:00+01:00",
    "case:enddate_planned": "2011-02-01T00:00:00+01:00",
    "case:responsible": "Resource21",
    "case:startdate": "2011-01-03T09:00:00+01:00",
    "concept:name": "T02 Check confirmation of receipt",
    "org:resource": "Resource21",
    "time:timestamp": "2011-01-04T10:00:00+01:00",
}


def written(path: Path, *rows: dict[str, str]) -> Path:
    columns = list(FIRST)
    lines = [",".join(columns), *(",".join({**FIRST, **row}[column] for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_cases_come_in_order_of_name_and_acts_in_order_of_the_file(tmp_path: Path) -> None:
    later = {"concept:name": "T04 Determine confirmation of receipt", "time:timestamp": "2011-01-05T10:00:00+01:00"}
    other = {"case:concept:name": "case-0", "case:enddate": "", "case:channel": "Fax"}
    first, second = read_log(written(tmp_path / "log.csv", {}, other, later))
    assert (first.name, first.ended, first.channel) == ("case-0", None, "internal")
    assert [name[:3] for name, _, _ in second.acts] == ["T02", "T04"]
    assert second.started == datetime(2011, 1, 3, 8, tzinfo=UTC)
    assert last_instant([first, second]) == datetime(2011, 1, 5, 9, tzinfo=UTC)
    assert set(FIRST) == COLUMNS


def test_a_case_as_the_import_takes_it(tmp_path: Path) -> None:
    (case,) = read_log(written(tmp_path / "log.csv", {}, {"concept:name": "T06 Determine necessity"}))
    said = as_import(case)
    assert (said["ref"], said["channel"], said["decided"]) == ("case-1", "counter", said["closed"])
    assert [step["role"] for step in said["steps"]] == ["examine", "work"]
    assert said["filed"]["promised"] == "2011-01-31T23:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "word"), [({"case:startdate": "gestern"}, "第 2 行，case:startdate"), ({"time:timestamp": "2011-01-04T10:00:00"}, "没有时区")]
)
def test_what_is_no_time_is_told_with_its_line_and_column(tmp_path: Path, row: dict[str, str], word: str) -> None:
    with pytest.raises(NotALog, match=word):
        read_log(written(tmp_path / "log.csv", row))


@pytest.mark.parametrize(("content", "word"), [("a,b\n1,2\n", "缺少列"), (",".join(FIRST) + "\n", "没有办件")])
def test_what_is_no_log_is_told_in_one_sentence(tmp_path: Path, content: str, word: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(content)
    with pytest.raises(NotALog, match=word):
        read_log(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotALog, match="无法读取"):
        read_log(tmp_path / "none.csv")


def test_cases_go_round_the_nodes_in_order(tmp_path: Path) -> None:
    cases = read_log(written(tmp_path / "log.csv", *({"case:concept:name": f"case-{n}"} for n in range(5))))
    shares = spread(cases, ["a", "b"])
    assert {node: [case.name for case in share] for node, share in shares.items()} == {
        "a": ["case-0", "case-2", "case-4"],
        "b": ["case-1", "case-3"],
    }
