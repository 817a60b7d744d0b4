"""No personal data enters an event (P-no-personal-data)."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from libs.decider import Refused, record
from libs.testkit.data import shared
from services.intake.case.act import Asked
from services.intake.case.words import refuse_personal
from services.intake.events import CaseNotAccepted
from services.intake.tests import stories as s
from services.intake.tests.stories import CALENDAR, NUMBER, at, given

PERSONAL = [
    "见身份证11010519491231002X",
    "身份证号440524188001010014。",
    "旧证512527650101123",
    "电话13800138000",
    "138 0013 8000",
    "１３８００１３８０００",
]
BROKEN_UP = [
    "电话138-0013-8000",
    "电话138.0013.8000",
    "电话138·0013·8000",
    "电话138•0013•8000",
    "电话138—0013—8000",
    "电话138\N{EN DASH}0013\N{EN DASH}8000",
    "电话138\N{MINUS SIGN}0013\N{MINUS SIGN}8000",
    "电话138\N{NO-BREAK SPACE}0013\N{IDEOGRAPHIC SPACE}8000",
    "电话138/0013/8000",
    "电话138_0013_8000",
    "电话138\t0013\t8000",
    "电话138\n00138000",
    "电话138\r\n0013\r\n8000",
    "电话138\N{LINE SEPARATOR}0013\N{PARAGRAPH SEPARATOR}8000",
    "电话138 - 0013 - 8000",
    "电话138-\n00138000",
    "电话1380 0138 000",
    "电话13800 138000",
    "电话1 3 8 0 0 1 3 8 0 0 0",
    "电话1391998 0506",
    "身份证1101 0519 4912 3100 2X",
    "身份证110105 19491231 002X",
    "身份证110105-1949-12-31-002-X",
    "身份证110105194912\n31002x",
    "旧证512527 650101 123",
    "旧证512527-65-01-01-123",
]
HIDDEN = [
    "电话138\N{ZERO WIDTH SPACE}0013\N{ZERO WIDTH SPACE}8000",
    "电话138\N{SOFT HYPHEN}00138000",
    "电话1\N{WORD JOINER}3800138000",
    "电话138\N{ZERO WIDTH SPACE} 0013 8000",
    "电话\N{LEFT-TO-RIGHT MARK}138\N{RIGHT-TO-LEFT MARK}00138000",
    "身份证110105\N{ZERO WIDTH NO-BREAK SPACE}19491231\N{ZERO WIDTH JOINER}002X",
    "电话1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}3800138000",
    "电话\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC-INDIC DIGIT EIGHT}00138000",
    "电话①③⑧00138000",
]
WITH_PREFIX = [
    "8613800138000",
    "+86 138 0013 8000",
    "+86-13800138000",
    "86 13800138000",
    "(86)13800138000",
    "008613800138000",
    "0086 138 0013 8000",
]
SIDE_BY_SIDE = [
    "11010519491231002X 13800138000",
    "440524188001010014 13800138000",
    "440524188001010014\n440524188001010014",
    "13800138000/13900139000",
    "13800138000-13900139000",
    "138 0013 8000 139 0013 9000",
    "0831-2328888 13800138000",
    "2007-03-05 13800138000",
    "13800138000 2007-03-05 10:30",
    "13800138000\N{ZERO WIDTH SPACE}13900139000",
    f"{NUMBER} 13800138000",
    f"{NUMBER}-13800138000",
    "115113010833722043 13800138000",
    "115113010833722043-440524188001010014",
    "11511301MB1A21304N 13800138000",
    "3-13800138000",
    "510101 440524 18800101 0014",
]
AMONG_LETTERS = [
    "tel13800138000",
    "13800138000abc",
    "13800138000X",
    "13800138000x2",
    "ID440524188001010014N",
    "手机13800138000号",
    "尾号（13800138000）元",
]
FIGURES = [
    "宜水函〔2007〕8号",
    "宜发130-2007-0012号",
    "取水量12000立方米",
    "工期2007-03-05至2007-04-30",
    "发票代码151001234567",
    "2007-03-05 10:30",
    "1998-05-06 100份",
    "1998/5/6 12:00 1000份",
    "1998.3.5-1999.4.30",
    "1985-10-01 205 1",
    "19980506 100份",
    "电话0831-2328888",
    "电话0831-2328888-801、2329999",
    "传真：028 8513 1398",
    "投资138,001,380.00元",
    "投资138001380.00元",
    "投资15000-180000元",
    "第15、16、17、18、19、2项",
    f"办件{NUMBER}",
    f"办件{NUMBER}，{NUMBER}",
    "机构91350100M000100Y43",
    "机构115113010833722043",
    "机构115113010833722043 125113010603241893",
    "证号（2007）511525000012345",
    "许可证编号JY15115250012345",
    "建字第511525202000012号",
    "川（2020）宜宾市不动产权第0012345号",
    "事项511602000000-000-115113010833722043-1-00",
    "登记号511525199001011234",
    "登记号511502199002300018",
    "登记号110105158412310025",
    "12800138000",
    "8612800138000",
    "138001380001",
    "坐标104.627386,28.769896",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_no_personal_data_enters_an_event(text: str) -> None:
    given(s.filed()).when(s.request_corrections(text)).refused("personal-data")
    given(s.filed()).when(replace(s.refuse_acceptance(), explanation=text)).refused("personal-data")
    given().when(replace(s.file(), materials=(text,))).refused("personal-data")
    given(s.filed()).when(s.imported(s.start_step(text))).refused("personal-data")


@pytest.mark.parametrize("text", [*BROKEN_UP, *HIDDEN, *WITH_PREFIX, *SIDE_BY_SIDE, *AMONG_LETTERS])
def test_a_number_is_personal_however_it_is_written(text: str) -> None:
    given(s.filed()).when(s.request_corrections(text)).refused("personal-data")


@pytest.mark.parametrize("text", FIGURES)
def test_ordinary_figures_are_no_personal_data(text: str) -> None:
    assert given(s.filed()).when(replace(s.refuse_acceptance(), explanation=text)).one(CaseNotAccepted).explanation == text


def test_every_real_item_may_be_named_with_its_agency() -> None:
    with shared("items", "sichuan_guangan_items_2025.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    story = given(s.filed())
    named = (replace(s.refuse_acceptance(), explanation=f"由{row['agency_code']}办理：{' '.join(row.values())}") for row in rows)
    refused = [row for row, declining in zip(rows, named, strict=True) if story.when(declining).refusal]
    assert (len(rows), refused) == (1135, [])


@record
class Agency:
    """Somebody else's part of an act."""

    uscc: str
    name: str


@record
class Handed(Asked):
    """An act with parts of its own."""

    agency: Agency | None = None
    papers: tuple[Agency, ...] = ()
    cited: tuple[tuple[str, ...], ...] = ()


SAID = Handed(case=NUMBER, officer="clerk-1", at=at("2007-03-06"), calendar=CALENDAR, grants=s.EVERYTHING)


def code_of(said: Asked) -> str:
    """The code by which the words are refused; empty when they are taken."""
    try:
        refuse_personal(said)
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, agency=Agency(uscc="115113010833722043", name="县水利局 13800138000")),
        replace(SAID, agency=Agency(uscc="440524188001010014", name="县水利局")),
        replace(SAID, papers=(Agency(uscc="", name="申请书"), Agency(uscc="", name="旧证512527650101123"))),
        replace(SAID, cited=(("申请书",), ("电话13800138000",))),
    ],
)
def test_the_parts_of_an_act_are_read_too(said: Handed) -> None:
    assert code_of(said) == "personal-data"


def test_parts_without_personal_data_are_taken() -> None:
    agency = Agency(uscc="115113010833722043", name="县水利局 0831-2328888")
    assert code_of(replace(SAID, agency=agency, papers=(agency,), cited=(("申请书",),))) == ""


def test_what_no_officer_wrote_is_not_read() -> None:
    numbered = replace(s.pinned(), item_name="13800138000", item="440524188001010014")
    assert given().when(s.file(procedure=numbered)).refusal is None
