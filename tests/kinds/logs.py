"""Kinds of event logs, as offices export them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.kinds.desk import Desk
from tests.kinds.kind import Topic

LOGS: Final = Topic()
CASE: Final = {
    "case:concept:name": "case-1",
    "case:channel": "Desk",
    "case:responsible": "Resource21",
    "case:startdate": "2011-10-11 13:42:22+02:00",
    "case:enddate_planned": "2011-12-06 13:41:31+01:00",
    "case:deadline": "2011-12-06 13:41:31+01:00",
    "case:enddate": "2011-10-13 09:00:00+02:00",
    "concept:name": "Confirmation of receipt",
    "org:resource": "Resource21",
    "time:timestamp": "2011-10-11 13:45:40+02:00",
}
"""One line of a permit office's log."""
CHECKED: Final = {
    "concept:name": "T02 Check confirmation of receipt",
    "org:resource": "Resource10",
    "time:timestamp": "2011-10-12 08:26:25+02:00",
}
MAP: Final = """
[file]
delimiter = ";"
encoding = "utf-8"
time_zone = "Europe/Amsterdam"

[columns]
case = "Case ID"
activity = "Activity"
officer = "Resource"
instant = "Timestamp"

[activities]
"register request" = "file"
"check ticket" = "step"
"send reminder" = "ignore"
"decide" = "decision"
"archive" = "close"
"""
"""How another office's log is read: its delimiter, its columns, its activities."""
OTHER: Final = """Case ID;Activity;Resource;Timestamp
2;register request;Pete;2010-12-30 00:00:00
1;check ticket;Mike;2011-01-05 15:12:00
1;register request;Pete;2010-12-30 11:02:00
1;check ticket;Mike;2011-01-06 00:00:00
1;send reminder;;2011-01-06 00:00:00
2;check ticket;;2011-01-05 00:00:00
1;decide;Sara;2011-01-08 12:05:00
1;archive;Sara;2011-01-08 12:30:00
"""
"""Out of order, midnight stamps, an activity twice, blank officers."""


def log(*lines: Mapping[str, str]) -> str:
    """A permit office's log: each line is the first one with its changes."""
    rows = [",".join({**CASE, **line}.values()) for line in lines]
    return "\n".join([",".join(CASE), *rows]) + "\n"


def checked(desk: Desk, name: str, content: str, *how: Any) -> dict[str, Any]:
    """A log worked through in a city and a county that are thrown away afterwards: what it came to."""
    said = desk.run("replay", desk.keep(name, content), *how, "--check", "--json")
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


@LOGS.kind(
    "log-short-line",
    "A line of the log has fewer cells than the header, or a cell is blank: file, line and column in one sentence, nothing is sent.",
    "wireservice/csvkit#313",
)
def log_short_line(desk: Desk) -> None:
    short = log({}) + "case-2,Desk\n"
    assert "第 3 行" in desk.log_refused("短行.csv", short)
    for column in ("time:timestamp", "case:startdate", "concept:name"):
        said = desk.log_refused("缺格.csv", log({}, CHECKED | {"case:concept:name": "case-2", column: ""}))
        assert "第 3 行" in said
        assert f"「{column}」" in said


@LOGS.kind(
    "log-quote-open",
    "A quote of the log is never closed and swallows what follows: the line where it opens is named, nothing is sent.",
    "cldf/csvw#52",
)
def log_quote_open(desk: Desk) -> None:
    said = desk.log_refused("引号.csv", log({}, {"concept:name": '"T02 Check confirmation'}, CHECKED))
    assert "第 3 行" in said


@LOGS.kind(
    "log-impossible-instant",
    "A time stamp stands before the first instant that can be told in UTC: line and column in one sentence, no stack trace.",
    "python-pendulum/pendulum#507",
)
def log_impossible_instant(desk: Desk) -> None:
    for instant in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2011-10-11", "2011-13-11T00:00:00+02:00"):
        said = desk.log_refused("时刻.csv", log({}, {"time:timestamp": instant}))
        assert "第 3 行" in said
        assert "「time:timestamp」" in said


@LOGS.kind(
    "log-with-mark",
    "A spreadsheet saved the log as UTF-8 with a byte order mark: it is read like any other.",
    "docling-project/docling#4097",
)
def log_with_mark(desk: Desk) -> None:
    desk.log_read("带标记.csv", b"\xef\xbb\xbf" + log({}, CHECKED).encode())


@LOGS.kind(
    "log-blank-id",
    "A line of the log names no case: it is refused with its line, not worked through as a case without a name.",
    "samvera/bulkrax#196",
)
def log_blank_id(desk: Desk) -> None:
    for blank in ("", "  ", "\u3000"):
        said = desk.log_refused("无号.csv", log({}, {"case:concept:name": blank}))
        assert "第 3 行" in said
        assert "「case:concept:name」" in said


@LOGS.kind(
    "log-spaces-around-id",
    "Some lines write a case's number with spaces around it: they belong to the one case, which is not split.",
    "frictionlessdata/frictionless-py#1172",
)
def log_spaces_around_id(desk: Desk) -> None:
    how = ("--map", desk.keep("running.toml", MAP))
    filed = "Case ID;Activity;Resource;Timestamp\n1;register request;Pete;2010-12-30 11:02:00\n"
    for same in (" 1", "1  ", "\t1", "\u30001 "):
        desk.log_read("空格.csv", f"{filed}{same};check ticket;Mike;2011-01-05 15:12:00\n", *how)
    said = desk.log_refused("另一件.csv", f"{filed}1 1;check ticket;Mike;2011-01-05 15:12:00\n", *how)
    assert "「1 1」" in said, "another case, which nobody filed"


@LOGS.kind(
    "log-of-another-office",
    "An office exports other columns, semicolons and no time zone: a map says what they mean, and its cases are worked through.",
    "process-intelligence-solutions/pm4py#150",
    server=True,
)
def log_of_another_office(desk: Desk) -> None:
    found = checked(desk, "running.csv", OTHER, "--map", desk.keep("running.toml", MAP))
    assert (found["cases"], found["closed"], found["chains_verified"], found["counts_agree"]) == (2, 1, True, True)


@LOGS.kind(
    "log-map-misspelt",
    "Somebody misspelt a key of a map: the key is named and nothing is read, for what it meant would be ignored in silence.",
    "freenet/freenet-core#5131",
)
def log_map_misspelt(desk: Desk) -> None:
    for right, wrong in (("delimiter", "delimeter"), ("officer", "oficer"), ("time_zone", "timezone")):
        said = desk.run("replay", desk.keep("a.csv", OTHER), "--map", desk.keep("a.toml", MAP.replace(right, wrong)), code=2)
        assert wrong in said
    said = desk.run("replay", desk.keep("a.csv", OTHER), "--map", desk.keep("a.toml", MAP.replace("[activities]", "[activites]")), code=2)
    assert "activities" in said, "the table that has to be there"


@LOGS.kind(
    "log-activity-unmapped",
    "The log has an activity that the map does not know: it is named with its first line, not left out in silence.",
    "pcreux/csv-importer#105",
)
def log_activity_unmapped(desk: Desk) -> None:
    less = desk.keep("less.toml", MAP.replace('"check ticket" = "step"\n', ""))
    said = desk.log_refused("running.csv", OTHER, "--map", less)
    assert "check ticket" in said
    assert "第 3 行" in said
