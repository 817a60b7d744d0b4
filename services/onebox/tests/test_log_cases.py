"""A log read by its map: cases as the import takes them, spread evenly; a permit office's, another office's, and what a map may say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.testkit.data import permit_log, shared
from services.onebox import LogMap, NotALog, ReadLog, read_log, read_map, shipped
from services.onebox.log_cases import LoggedAct, LoggedCase, LoggedFiling
from services.onebox.log_map import MAPS, NotAMap
from services.onebox.replay import batches, spread

NOW = datetime(2026, 11, 27, tzinfo=UTC)
PERMIT = {
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
DOGS = """
name = "dogs"
[file]
delimiter = ";"
time_zone = "Europe/Rome"
[columns]
case = "dossier"
activity = "what"
officer = "who"
instant = "when"
channel = "how"
[channels]
"sportello" = "counter"
"*" = "post"
[activities]
"Register dog" = "file"
"Look at dog" = "step/examine"
"Sign" = "step/approve"
"Decide" = "decision"
"Collar given" = "close"
"Bark" = "ignore"
"""
"""Another office: dogs are registered; its days have no hours."""
ROWS = """dossier;what;who;when;how
 D-2 ;Register dog;anna;2005-03-01;sportello
D-1;Collar given;;2005-03-08 00:00:00;
D-1;Look at dog;bruno;2005-03-02 00:00:00;
D-1;Sign;carla;2005-03-02 00:00:00;
D-1;Bark;;2005-03-09 00:00:00;
D-1;Decide;carla;2005-03-03 00:00:00;
D-1;Look at dog;bruno;2005-03-02 00:00:00;
D-1;Register dog;anna;2005-03-01 00:00:00+00:00;fax
D-1;Collar given;anna;2005-03-05 00:00:00;
D-1;Register dog;anna;2005-03-04 00:00:00;fax
"""


def permits(path: Path, *rows: dict[str, str]) -> ReadLog:
    lines = [",".join(PERMIT), *(",".join({**PERMIT, **row}.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_log(path, shipped("receipt"), "receipt", NOW)


def office(folder: Path, rows: str = ROWS, said: str = DOGS) -> ReadLog:
    (folder / "dogs.csv").write_text(rows)
    (folder / "map.toml").write_text(said)
    return read_log(folder / "dogs.csv", read_map(folder / "map.toml"), "map", NOW)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2005, 3, day, hour, tzinfo=UTC)


# --- the permit log ----------------------------------------------------------------------------------------------------------------------


def test_cases_come_in_order_of_name_and_acts_in_order_of_time(tmp_path: Path) -> None:
    later = {"concept:name": "T04 Determine confirmation of receipt", "time:timestamp": "2011-01-05T10:00:00+01:00"}
    other = {"case:concept:name": "case-0", "case:enddate": "", "case:channel": "Fax"}
    log = permits(tmp_path / "log.csv", later, other, {})
    first, second = log.cases
    assert (log.name, log.item, first.ref, first.closed, first.channel) == ("receipt", "receipt-phase", "case-0", None, "internal")
    assert [(step.name[:3], step.role) for step in second.steps] == [("T02", "examine"), ("T04", "approve")]
    assert (second.filed.at, second.filed.officer) == (datetime(2011, 1, 3, 8, tzinfo=UTC), "Resource21")
    assert second.decided == second.closed == LoggedAct(at=datetime(2011, 1, 5, 11, tzinfo=UTC), officer="Resource21")
    assert log.last == datetime(2011, 1, 5, 9, tzinfo=UTC)


def test_a_case_as_the_import_takes_it(tmp_path: Path) -> None:
    (case,) = permits(tmp_path / "log.csv", {}, {"concept:name": "T06 Determine necessity"}).cases
    said = case.as_import("receipt-phase")
    assert (said["ref"], said["item"], said["channel"], said["decided"]) == ("case-1", "receipt-phase", "counter", said["closed"])
    assert [step["role"] for step in said["steps"]] == ["examine", "work"]
    assert said["filed"]["promised"] == "2011-01-31T23:00:00Z"


def test_two_lines_of_a_case_that_say_different_things_of_it_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotALog, match="第 3 行，「case:deadline」：与同一办件的第 2 行不同"):
        permits(tmp_path / "log.csv", {}, {"case:deadline": "2011-03-02T00:00:00+01:00"})


def test_the_permit_log_is_read_as_its_file_has_it() -> None:
    log = read_log(shared("eventlogs", "receipt.csv"), shipped("receipt"), "receipt", NOW)
    rows = permit_log()
    assert [case.ref for case in log.cases] == sorted(rows)
    assert sum(len(case.steps) for case in log.cases) == 8577
    for case in log.cases:
        first = rows[case.ref][0]
        assert [step.name for step in case.steps] == [row["concept:name"] for row in rows[case.ref]]
        assert case.filed.promised == datetime.fromisoformat(first["case:enddate_planned"])
        assert (case.closed.at.isoformat() if case.closed else "") == (
            datetime.fromisoformat(first["case:enddate"]).astimezone(UTC).isoformat() if first["case:enddate"] else ""
        )


def test_cases_go_round_the_nodes_in_order(tmp_path: Path) -> None:
    cases = permits(tmp_path / "log.csv", *({"case:concept:name": f"case-{n}"} for n in range(5))).cases
    shares = spread(cases, ["a", "b"])
    assert {node: [case.ref for case in share] for node, share in shares.items()} == {
        "a": ["case-0", "case-2", "case-4"],
        "b": ["case-1", "case-3"],
    }


# --- another office's --------------------------------------------------------------------------------------------------------------------


def test_another_offices_log_out_of_order_with_midnights_repetitions_and_blank_officers(tmp_path: Path) -> None:
    log = office(tmp_path)
    first, second = log.cases
    assert (log.name, log.item, log.last) == ("dogs", "log-dogs", at(8, 23))
    assert second == LoggedCase(
        ref="D-2", channel="counter", filed=LoggedFiling(at=datetime(2005, 2, 28, 23, tzinfo=UTC), officer="anna"), steps=()
    )
    assert (first.filed.at, first.filed.officer, first.channel) == (at(1), "anna", "post")
    assert first.decided == LoggedAct(at=at(2, 23), officer="carla")
    assert first.closed == LoggedAct(at=at(7, 23), officer=""), "the last one closes"
    assert [(step.name, step.role, step.officer) for step in first.steps] == [
        ("Look at dog", "examine", "bruno"),
        ("Sign", "approve", "carla"),
        ("Look at dog", "examine", "bruno"),
        ("Register dog", "work", "anna"),
        ("Collar given", "work", "anna"),
    ], "equal stamps keep the order of the file; what repeats an act that a case has once is kept as a step"


def test_the_common_export_form_files_by_the_first_activity_and_closes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(
        "case:concept:name,concept:name,org:resource,time:timestamp\nA,second,,2005-03-02 00:00:00\nA,first,u.1,2005-03-01T00:00:00.000Z\n"
    )
    log = read_log(file, shipped("activities"), "activities", NOW)
    (case,) = log.cases
    assert (case.filed.officer, [step.name for step in case.steps], case.decided, case.closed) == ("u.1", ["second"], None, None)
    assert case.steps[0].at == at(1, 16), "a stamp without an offset is China's"


def test_the_fines_are_read_by_the_common_form() -> None:
    log = read_log(shared("eventlogs", "fines.csv"), shipped("activities"), "activities", NOW)
    assert (len(log.cases), sum(1 + len(case.steps) for case in log.cases)) == (100, 390)


def test_two_files_without_a_name_never_share_one_and_one_file_keeps_its_own(tmp_path: Path) -> None:
    nameless = DOGS.replace('name = "dogs"', "")
    one, again = office(tmp_path, said=nameless), office(tmp_path, said=nameless)
    other = office(tmp_path, rows=ROWS + "D-3;Register dog;anna;2005-03-01;\n", said=nameless)
    assert one.name == again.name != other.name
    assert one.name.startswith("map-")


def test_a_log_that_closes_with_its_last_activity(tmp_path: Path) -> None:
    said = DOGS.replace('"Collar given" = "close"', '"Collar given" = "step"') + '[cases]\nclosed = "last"\n'
    closed = [case.closed for case in office(tmp_path, said=said).cases]
    assert closed == [LoggedAct(at=at(7, 23), officer=""), None], "what files a case does not close it too"


def test_a_case_that_nothing_files_is_told_unless_its_first_activity_does(tmp_path: Path) -> None:
    rows = ROWS + "D-3;Sign;carla;2005-03-01;\n"
    with pytest.raises(NotALog, match="第 12 行，「what」：办件「D-3」没有收件"):
        office(tmp_path, rows=rows)
    assert office(tmp_path, rows=rows, said=DOGS + '[cases]\nfiled = "first"\n').cases[2].filed.officer == "carla"


@pytest.mark.parametrize("said", [DOGS, DOGS + '[cases]\nfiled = "first"\n', DOGS.replace('"file"', '"step"')])
def test_a_case_whose_activities_are_all_ignored_is_told_as_that(tmp_path: Path, said: str) -> None:
    with pytest.raises(NotALog, match="第 12 行，「what」：办件「D-3」的活动都映射为 ignore"):
        office(tmp_path, ROWS + "D-3;Bark;;2005-03-01;\n", said)


def test_limits_come_from_columns_or_in_days_or_not_at_all(tmp_path: Path) -> None:
    rows = "dossier;what;who;when;how;until\nD-1;Register dog;;2005-03-01;;2005-03-20\nD-2;Register dog;;2005-03-01;;\n"
    said = DOGS.replace('channel = "how"', 'promised = "until"')
    with pytest.raises(NotALog, match="第 3 行，「until」：这一格是空的"):
        office(tmp_path, rows, said)
    for limits, second in (("optional = true", None), ('promised = "20wd"', datetime(2005, 3, 29, 16, tzinfo=UTC))):
        found = [case.filed.promised for case in office(tmp_path, rows, f"{said}[limits]\n{limits}\n").cases]
        assert found == [at(19, 23), second]
    with pytest.raises(NotALog, match="没有日历"):
        office(tmp_path, rows.replace("2005-03-01", "1999-03-01"), said + '[limits]\npromised = "20wd"\n')


def test_a_channel_that_nobody_mapped_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotALog, match=r"第 3 行，「how」：.*「piccione」"):
        office(tmp_path, ROWS.replace("00:00:00;\n", "00:00:00;piccione\n", 1), DOGS.replace('"*" = "post"', ""))


def test_officers_with_other_names_are_mapped_to_staff_numbers(tmp_path: Path) -> None:
    rows = ROWS.replace(";anna;", ";Anna De Rossi;")
    with pytest.raises(NotALog, match=r"第 2 行，「who」：「Anna De Rossi」.*\[officers\]"):
        office(tmp_path, rows)
    assert office(tmp_path, rows, DOGS + '[officers]\n"Anna De Rossi" = "anna"\n').cases == office(tmp_path).cases


def test_requests_are_neither_too_many_cases_nor_too_large(tmp_path: Path) -> None:
    def split(steps: int, signs: int) -> list[int]:
        rows = [f"D-{n};Register dog;;2005-03-01;\n" + f"D-{n};{'x' * signs};;2005-03-02;\n" * steps for n in range(40)]
        return [
            len(batch) for batch in batches(office(tmp_path, "dossier;what;who;when;how\n" + "".join(rows), DOGS + '"x*" = "step"\n').cases)
        ]

    assert split(1, 10) == [30, 10]
    assert split(200, 300) == [13, 13, 13, 1]


def test_a_case_that_no_request_holds_is_told(tmp_path: Path) -> None:
    rows = "dossier;what;who;when;how\nD-1;Register dog;;2005-03-01;\n" + f"D-1;{'𠮷' * 500};;2005-03-02;\n" * 1000
    with pytest.raises(NotALog, match="第 2 行，「what」：办件「D-1」太大"):
        office(tmp_path, rows, DOGS + '"𠮷*" = "step"\n')


# --- maps --------------------------------------------------------------------------------------------------------------------------------


def test_the_map_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    (told,) = re.findall(r"```toml\n(.*?)```", (Path(__file__).parents[3] / "docs" / "replay.md").read_text(), re.DOTALL)
    (tmp_path / "map.toml").write_text(told)
    assert read_map(tmp_path / "map.toml").activities["Bark"] == "ignore"


@pytest.mark.parametrize("name", [path.stem for path in MAPS.glob("*.toml")])
def test_every_map_that_ships_can_be_read(name: str) -> None:
    assert isinstance(shipped(name), LogMap)


def test_a_name_that_ends_with_a_star_is_a_beginning_and_the_longest_counts() -> None:
    said = shipped("receipt").model_copy(update={"activities": {"T*": "ignore", "T02*": "step/examine", "T02 x": "close"}})
    assert [said.meaning_of(name) for name in ("T02 x", "T02 xy", "T1", "U")] == ["close", "step/examine", "ignore", None]


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ('[item]\nagency = "气象局"', "item：agency 应为本系统的部门："),
        ('[item]\nexamine = "核准 "', "item：审查和核准应为两个环节"),
        ('[item]\nname = "13812345678"', "item.name：含有身份证号码或手机号码"),
        ('[limits]\npromised = "20"', "limits.promised：格式不对"),
        ("[limits]\noptional = 1", "limits.optional：应为是或否"),
    ],
)
def test_what_could_not_be_published_is_told_before_anything_is_sent(tmp_path: Path, said: str, because: str) -> None:
    with pytest.raises(NotAMap, match=f"map.toml：{because}"):
        office(tmp_path, said=f"{DOGS}{said}\n")
