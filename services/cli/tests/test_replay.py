"""`liandong replay`: a log that cannot be taken whole is told in one sentence with file, line and column, and nothing is sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import httpx2
import pytest
import stamina
from typer.testing import CliRunner

from services.cli import app, replay
from services.onebox import OneBox, settle

COLUMNS = ("case:concept:name", "concept:name", "org:resource", "time:timestamp")
FIRST = ("N1", "Create Fine", "537", "2005-03-23 00:00:00+01:00")
SECOND = ("N1", "Send Fine", "", "2005-07-22 00:00:00+02:00")
MAP = """
[columns]
case = "case:concept:name"
activity = "concept:name"
officer = "org:resource"
instant = "time:timestamp"

[activities]
"Create Fine" = "file"
"Send Fine" = "step"
"Add penalty" = "step"
"Payment" = "close"
"""
CHINESE = re.compile("[\u4e00-\u9fff]")


def lines(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> str:
    return "".join(",".join(row) + "\n" for row in (columns, *rows))


class Office:
    """A folder with files of an office, and no box: whatever were sent could only end with 1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, content: str | bytes) -> str:
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return str(self.folder / name)

    def run(self, *words: str, code: int) -> str:
        done = CliRunner().invoke(app, ["replay", *words], env={"LIANDONG_BOX": str(self.folder / "box")})
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert done.exit_code == code, done.output
        assert (done.stdout, len(done.stderr.splitlines())) == ("", 1), done.output
        assert CHINESE.search(done.stderr)
        return done.stderr.strip()

    def refused(self, content: str | bytes, said: str = MAP) -> str:
        """The sentence about a log, read with a map."""
        return self.run(self.keep("log.csv", content), "--map", self.keep("map.toml", said), code=2)

    def read(self, content: str | bytes, said: str = MAP) -> None:
        """The log is read to its end: what is missing then is only the box."""
        assert "scripts/up" in self.run(self.keep("log.csv", content), "--map", self.keep("map.toml", said), code=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def changed(row: tuple[str, ...], place: int, cell: str) -> tuple[str, ...]:
    return (*row[:place], cell, *row[place + 1 :])


# --- lines -------------------------------------------------------------------------------------------------------------------------------


def test_a_good_log_is_read_to_its_end(office: Office) -> None:
    office.read(lines(FIRST, SECOND))


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (lines(FIRST, SECOND[:3], FIRST), 3, "time:timestamp"),
        (lines(FIRST, SECOND)[:-20], 3, "time:timestamp"),
        (lines(FIRST, SECOND)[:-4], 3, "time:timestamp"),
        (lines(FIRST, SECOND)[:-7], 3, "time:timestamp"),
        (lines(FIRST, SECOND)[:-36], 3, "org:resource"),
        (lines(FIRST, (*SECOND, "more")), 3, "第 5 格"),
        (lines(FIRST, changed(SECOND, 1, '"Send Fine'), FIRST), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 1, '"Send Fine'), changed(FIRST, 1, '"Create Fine"')), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 1, '"Send" Fine')), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 0, '"N1'))[:-1], 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 0, "")), 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 0, "\u3000 ")), 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 0, "N1\u200b")), 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 0, "N" * 101)), 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 0, "13812345678"), ("13812345678", *FIRST[1:])), 3, "case:concept:name"),
        (lines(FIRST, changed(SECOND, 1, "")), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 1, "Send\x00Fine")), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 1, "Send Wine")), 3, "concept:name"),
        (lines(FIRST, changed(SECOND, 2, "O'Neill, J")), 3, "第 5 格"),
        (lines(FIRST, changed(SECOND, 2, "O'Neill")), 3, "org:resource"),
        (lines(FIRST, changed(SECOND, 2, "5" * 41)), 3, "org:resource"),
        (lines(FIRST, changed(SECOND, 3, "")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "gestern")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "0001-01-01T00:00:00+14:00")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "9999-12-31T23:59:59-14:00")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "1949-09-30T12:00:00+00:00")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "2005-02-30T00:00:00+01:00")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "2005-07-22 00:00:00")), 3, "time:timestamp"),
        (lines(FIRST, changed(SECOND, 3, "2199-01-01T00:00:00+00:00")), 3, "time:timestamp"),
        (lines(FIRST, *[SECOND] * 1001), 1003, "concept:name"),
        (lines(FIRST, ("N2", "Send Fine", "", SECOND[3])), 3, "concept:name"),
        (lines(FIRST, SECOND, columns=(*COLUMNS[:3], "stamp")), 1, "time:timestamp"),
        (lines((*FIRST, "x"), columns=(*COLUMNS, "concept:name")), 1, "concept:name"),
        (
            lines(("multi\nline", *FIRST[1:])).replace("multi\nline", '"multi\nline"') + lines(changed(SECOND, 3, "?")),
            2,
            "case:concept:name",
        ),
        (lines((*FIRST, '"a\nb"'), (*changed(SECOND, 3, "?"), "x"), columns=(*COLUMNS, "note")), 4, "time:timestamp"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_column(office: Office, content: str, line: int, column: str) -> None:
    said = office.refused(content)
    assert said.startswith(f"log.csv 第 {line} 行，「{column}」：")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "log.csv 是空的"),
        (b"\n \n", "log.csv 是空的"),
        ((",".join(COLUMNS) + "\n").encode(), "log.csv 里没有办件"),
        (lines(FIRST, changed(SECOND, 1, "罚单")).encode("gb18030"), "log.csv 第 3 行，「concept:name」：不是 utf-8"),
        (lines(FIRST).encode("utf-16"), "log.csv 第 1 行"),
        (b"\x00" * 40, "log.csv 第 1 行"),
    ],
)
def test_what_is_no_log_is_told_in_one_sentence(office: Office, content: bytes, said: str) -> None:
    assert office.refused(content).startswith(said)


def test_a_folder_a_file_that_is_not_there_and_one_that_may_not_be_read_are_told(office: Office) -> None:
    office.keep("map.toml", MAP)
    for path in ("", "none.csv"):
        said = office.run(str(office.folder / path), "--map", str(office.folder / "map.toml"), code=2)
        assert "无法读取" in said
        assert not re.search("No such|Is a", said)


def test_a_mark_in_front_and_spaces_around_names_and_cells_are_no_part_of_them(office: Office) -> None:
    columns = tuple(f" {name} " for name in COLUMNS)
    office.read("\ufeff" + lines(tuple(f"  {cell}\t" for cell in FIRST), SECOND, columns=columns))


def test_every_activity_nobody_mapped_is_named_with_its_first_line(office: Office) -> None:
    rows = [FIRST, *(("N1", name, "", SECOND[3]) for name in ("Send Wine", "Drink", "Send Wine", "Drink"))]
    said = office.refused(lines(*rows))
    assert re.search("第 3 行.*Send Wine.*Drink.*第 4 行", said)


def test_the_shipped_log_of_a_permit_office_is_read_as_strictly(office: Office) -> None:
    columns = "case:channel,case:concept:name,case:deadline,case:enddate,case:enddate_planned,case:responsible,case:startdate"
    row = "Desk,c1,2011-03-01 00:00:00+01:00,,2011-02-01 00:00:00+01:00,R1,2011-01-03 09:00:00+01:00"
    log = f"{columns},concept:name,org:resource,time:timestamp\n{row},T06 x,R1,2011-01-04 10:00:00+01:00\n"
    assert "scripts/up" in office.run(office.keep("log.csv", log), code=1)
    for column, was, now in (
        ("case:startdate", "2011-01-03 09:00:00+01:00", "0001-01-01T00:00:00+14:00"),
        ("case:enddate_planned", "2011-02-01 00:00:00+01:00", ""),
        ("case:concept:name", "c1", " "),
        ("case:responsible", "R1,2011-01-03", "R 1,2011-01-03"),
        ("time:timestamp", ",2011-01-04 10:00:00+01:00", ""),
    ):
        said = office.run(office.keep("log.csv", log.replace(was, now)), code=2)
        assert said.startswith(f"log.csv 第 2 行，「{column}」：")


# --- maps --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("[columns]", '[file]\nseparator = ";"\n[columns]', "map.toml：file.separator：没有这一项"),
        ("[columns]", '[colums]\ncase = "x"\n[columns]', "map.toml：colums：没有这一项"),
        ("[columns]", '[columns]\nwho = "x"', "map.toml：columns.who：没有这一项"),
        ('instant = "time:timestamp"', "", "map.toml：columns.instant：必须填写"),
        ("[columns]", '[file]\ntime_zone = "Europe/Atlantis"\n[columns]', "map.toml：file.time_zone：没有这个时区"),
        ("[columns]", '[file]\ntime_zone = "../etc/passwd"\n[columns]', "map.toml：file.time_zone：没有这个时区"),
        ("[columns]", '[file]\nencoding = "utf-99"\n[columns]', "map.toml：file.encoding：没有这种编码"),
        ("[columns]", '[file]\nencoding = "base64"\n[columns]', "map.toml：file.encoding：没有这种编码"),
        ("[columns]", '[file]\ndelimiter = ";;"\n[columns]', "map.toml：file.delimiter："),
        ("[columns]", "[file]\ndelimiter = '\"'\n[columns]", "map.toml：file.delimiter："),
        ('"Payment" = "close"', '"Payment" = "acceptance"', "map.toml：activities.Payment：导入不能包含「acceptance」，可以是 file、"),
        ('"Payment" = "close"', '"Payment" = 3', "map.toml：activities.Payment：导入不能包含「3」"),
        ('"Payment" = "close"', '"Payment" = "close"\n"Payment" = "step"', "map.toml 第 "),
        ('"Payment" = "close"', '"Payment" = "close"\n" Payment" = "step"', "map.toml：activities：「Payment」出现了两次"),
        ('"Payment" = "close"', '"Payment" = ', "map.toml 第 12 行第 13 列不是有效的 TOML"),
        ("[columns]", 'name = "a:b"\n[columns]', "map.toml：name：格式不对"),
    ],
)
def test_what_is_wrong_with_a_map_is_told_by_its_key(office: Office, was: str, now: str, said: str) -> None:
    assert office.refused(lines(FIRST, SECOND), MAP.replace(was, now)).startswith(f"{office.folder}/{said}")


@pytest.mark.parametrize("content", [b"\xff\xfe[", b"[columns\n", b"[" * 5000])
def test_a_map_that_cannot_be_read_is_told_in_one_sentence(office: Office, content: bytes) -> None:
    (office.folder / "map.toml").write_bytes(content)
    assert office.run(office.keep("log.csv", lines(FIRST)), "--map", str(office.folder / "map.toml"), code=2).startswith(
        f"{office.folder}/map.toml"
    )


def test_a_log_with_semicolons_in_another_encoding_and_without_zones_is_read_by_its_map(office: Office) -> None:
    rows = lines(changed(FIRST, 3, "2005-03-23 00:00"), ("N1", "Comunicazione é", "", "2005-07-22 00:00")).replace(",", ";")
    said = MAP.replace("[columns]", '[file]\ndelimiter = ";"\nencoding = "latin-1"\ntime_zone = "Europe/Rome"\n[columns]')
    office.read(rows.encode("latin-1"), said.replace("Send Fine", "Comunicazione é"))


def test_a_wrong_delimiter_is_told_as_what_it_does_to_the_header(office: Office) -> None:
    assert "delimiter" in office.refused(lines(FIRST).replace(",", ";"))


def test_a_time_that_the_clocks_skipped_is_refused(office: Office) -> None:
    said = MAP.replace("[columns]", '[file]\ntime_zone = "Europe/Rome"\n[columns]')
    office.read(lines(changed(FIRST, 3, "2005-10-30 02:30:00")), said)
    assert office.refused(lines(changed(FIRST, 3, "2005-03-27 02:30:00")), said).startswith("log.csv 第 2 行，「time:timestamp」：")


def test_a_cell_that_was_cut_into_another_time_is_found(office: Office) -> None:
    said = MAP.replace("[columns]", '[file]\ntime_zone = "Europe/Rome"\n[columns]')
    whole = lines(changed(FIRST, 3, "2005-03-23 00:00:00"), changed(SECOND, 3, "2005-07-22 10:30:00"))
    office.read(whole, said)
    for end in (-4, -10):
        assert office.refused(whole[:end], said).startswith("log.csv 第 3 行，「time:timestamp」：")


def test_log_means_a_map_that_ships_and_not_both(office: Office) -> None:
    log, said = office.keep("log.csv", lines(FIRST, SECOND)), office.keep("map.toml", MAP)
    assert "scripts/up" in office.run(log, "--log", "activities", code=1)
    assert "--map" in office.run(log, "--log", "activities", "--map", said, code=2)
    for name in ("taxes", "../maps/receipt", "receipt.toml", ""):
        assert "activities、receipt" in office.run(log, "--log", name, code=2)


# --- what a site says --------------------------------------------------------------------------------------------------------------------


class Refusing:
    """A site that refuses whatever it is asked, and a box of it alone."""

    code, address = "511525", "http://site"
    nodes: ClassVar[list[dict[str, str]]] = [{"code": "511525"}]

    def __init__(self, answer: httpx2.Response | httpx2.TransportError) -> None:
        self.sites, self._answer = [self], answer

    def client(self, _who: str = "operator") -> httpx2.Client:
        def answering(_request: httpx2.Request) -> httpx2.Response:
            if isinstance(self._answer, httpx2.TransportError):
                raise self._answer
            return self._answer

        return httpx2.Client(base_url=self.address, transport=httpx2.MockTransport(answering))


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (
            httpx2.Response(409, json={"code": "no-basis", "title": "实施办法须写明设定依据"}),
            2,
            "没有导入完：实施办法须写明设定依据（/catalogue/",
        ),
        (httpx2.Response(502, text="<html>Bad gateway</html>"), 2, "没有导入完：HTTP 502（/catalogue/"),
        (httpx2.ConnectError("All connection attempts failed"), 1, "节点部署没有回答；再次运行会接着做"),
    ],
)
def test_what_a_site_refuses_is_said_in_its_own_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: httpx2.Response | httpx2.TransportError, code: int, said: str
) -> None:
    monkeypatch.setattr(replay, "running_box", lambda: Refusing(answer))
    with stamina.set_testing(True):
        done = CliRunner().invoke(app, ["replay", office.keep("log.csv", lines(FIRST)), "--map", office.keep("map.toml", MAP)])
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.splitlines()[-1].startswith(said)
    assert not re.search("[{<]|connection", done.stderr)


def test_a_city_that_does_not_catch_up_is_told_in_chinese() -> None:
    with pytest.raises(TimeoutError, match=r"^市中心 0 秒内没有跟上；再次运行会接着做$"):
        settle(OneBox(Path("nowhere")), seconds=0)
