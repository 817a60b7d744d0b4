"""`liandong import items FILE --dry-run`: what would land, told without a box and without a node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import app

LIST = "事项编码,事项名称,统一社会信用代码\n51A-01,取水许可,11511301008778183N\n,无编码,\n51A-02,排水许可,11511301008778183N\n５１a-02,又一次,\n"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_BOX", str(tmp_path / "none"))


def run(tmp_path: Path, data: bytes, *more: str, name: str = "事项.csv") -> Result:
    (tmp_path / name).write_bytes(data)
    return CliRunner().invoke(app, ["import", "items", str(tmp_path / name), "--dry-run", *more])


def test_a_dry_run_needs_no_box_and_no_node_and_answers_one_object(tmp_path: Path) -> None:
    done = run(tmp_path, LIST.encode(), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "read": 4,
        "land": 2,
        "set_aside": [
            {"row": 3, "column": "事项编码", "reason": "事项编码为空"},
            {"row": 5, "column": "事项编码", "reason": "编码与第 4 行重复（那里写作「51A-02」）"},
        ],
        "notes": [],
    }


def test_a_dry_run_tells_what_a_real_run_would_note(tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, "full_item_code,name,agency_code\n51A-01,取水许可,abc\n".encode("gbk"), "--json").stdout)
    assert (said["land"], said["set_aside"]) == (1, [])
    assert "GBK" in said["notes"][0]
    assert "机构编码" in said["notes"][1]
    assert "第 2 行" in said["notes"][1]


def test_people_read_a_dry_run_as_sentences(tmp_path: Path) -> None:
    done = run(tmp_path, LIST.encode())
    assert done.exit_code == 0
    for said in ("试读", "共 4 行", "可落地 2", "搁置 2", "事项编码为空"):
        assert said in done.stdout


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b"a,b\n1,2\n", "第 1 行"),
        ("full_item_code,name\n51A-01,食品經營許可\n".encode("big5"), "Big5"),
        (b"PK\x03\x04rest", "损坏"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_file_that_is_refused_is_one_sentence_and_two(tmp_path: Path, data: bytes, said: str, more: tuple[str, ...]) -> None:
    done = run(tmp_path, data, *more)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_a_real_run_would_refuse_for_its_name_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, LIST.encode(), name="王某13800138000.csv")
    assert (done.exit_code, "手机号码" in done.stderr) == (2, True)


def test_without_dry_run_a_node_is_asked_for_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LIST, encoding="utf-8")
    done = CliRunner().invoke(app, ["import", "items", str(tmp_path / "a.csv")])
    assert (done.exit_code, "--node" in done.stderr, done.stderr.count("\n")) == (2, True, 1)
