"""Agency codes: GB 32100-2015 and what was really published (`uscc_vectors.csv`: the standard's worked example, public links, and
codes made up for its kinds and for the organisation's own check digit).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testkit.data import shared
from services.catalogue.http.agency import agency_fault

with Path(__file__).with_name("uscc_vectors.csv").open(encoding="utf-8", newline="") as file:
    VECTORS = [(row["value"], row["valid"] == "1") for row in csv.DictReader(file)]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EDITED = st.sampled_from([value for value, valid in VECTORS if valid])


@pytest.mark.parametrize(("code", "valid"), VECTORS)
def test_a_published_code_is_judged_as_the_standard_does(code: str, valid: bool) -> None:
    assert (agency_fault(code) is None) is valid


@given(EDITED, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert (agency_fault(wrong) is None) is (wrong == code)


@given(st.text(max_size=20) | st.text(st.sampled_from(ALPHABET + "１Ⅷß- ıIO"), min_size=16, max_size=20))
def test_whatever_is_written_there_is_judged(code: str) -> None:
    fault = agency_fault(code)
    assert fault or (len(code) == 18 and set(code) <= set(ALPHABET))


def test_every_valid_agency_of_the_real_list_is_valid() -> None:
    with shared("items", "sichuan_guangan_items_2025.csv").open(encoding="utf-8-sig") as file:
        faults = [agency_fault(row["agency_code"]) for row in csv.DictReader(file)]
    assert (len(faults), faults.count(None)) == (1135, 981)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("14511525MA62AB127D", "机构编码不合 GB 32100：登记管理部门和机构类别代码不在标准之中"),
        ("91511525MA62AB120Q", "机构编码不合 GB 11714：组织机构代码的校验码不符"),
        ("11511301008778184N", "机构编码不合 GB 32100：校验码不符"),
        ("11511301008778183P", "机构编码不合 GB 32100：校验码不符"),
        ("1151130100877818", "机构编码不合 GB 32100：长度不是 18 位"),
        ("1151130100877818IN", "机构编码不合 GB 32100：格式不对"),
        ("1151A301008778183N", "机构编码不合 GB 32100：格式不对"),
        ("11511301008778183n", "机构编码应为大写"),
        ("11511301 008778183N", "机构编码含有空格或符号"),
        ("1.15113E+17", "机构编码被表格软件当作数字，末几位已失真；请把该列设为文本"),
        ("", "机构编码为空"),
    ],
)
def test_a_fault_is_told_in_words(code: str, fault: str) -> None:
    assert agency_fault(code) == fault
