"""`liandong import items`: what comes of a file, and one sentence with an exit code where nothing does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from libs.authority import Post, posted
from libs.database import Pool
from libs.eventlog import MemoryLogs
from libs.host import Context, Node, Site, imported
from libs.telemetry import Health
from libs.web import Accounts, make_app
from services.cli import app
from services.cli.imports import NotImported, run_import, show

NODE = "511525"
LIST = "department,name,task_type_code,base_code,area_code,agency_code,full_item_code\n" + "".join(
    f"某局,某事项[{n}],1,B{n},511602000000,{agency},{code}\n" for n, (agency, code) in enumerate([("x", "511A"), ("", "511B"), ("", "")])
)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """An editor at a catalogue whose log is in memory."""

    async def current(*_: Any, **__: Any) -> bool:
        return True

    site = Site(NODE, (Node(NODE, "高县", "511500"),))
    context = Context(site, MemoryLogs("catalogue", [NODE]), cast(Pool, None), lambda: datetime.now(UTC), current, "test")
    accounts = Accounts()
    _, token = accounts.issue("E0001", posted([Post.EDITOR], [NODE]), "事项目录")
    made = make_app("test", routers=[imported("catalogue")(context).router], accounts=accounts, health=Health())
    with TestClient(made, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def test_a_list_lands_and_is_reported(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    found = run_import(client, "事项.csv", LIST.encode(), NODE)
    assert (found["rows"], found["landed"], found["new"]) == (3, 2, 2)
    show(found)
    said = capsys.readouterr().out
    assert "共 3 行：落地 2（新增 2，变更 0，未变 0），搁置 1 行；机构编码搁置 2 行" in said
    assert "事项编码为空" in said
    assert run_import(client, "事项.csv", LIST.encode(), NODE)["unchanged"] == 2


@pytest.mark.parametrize(("data", "said"), [(b"", "文件是空的"), (LIST.encode()[:-1] + b'\n"x', "引号"), (b"a,b\n1,2\n", "缺少列")])
def test_a_broken_file_is_one_sentence(client: TestClient, data: bytes, said: str) -> None:
    with pytest.raises(NotImported, match=said) as no:
        run_import(client, "x.csv", data, NODE)
    assert no.value.code == 2


def test_a_node_of_another_site(client: TestClient) -> None:
    with pytest.raises(NotImported, match="没有") as no:
        run_import(client, "x.csv", LIST.encode(), "511525999")
    assert no.value.code == 2


@contextmanager
def a_site_that(status: int | None, body: bytes = b"") -> Iterator[httpx2.Client]:
    """Answers every request so; with None it hangs up."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if status is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """The test's output is for the test."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
                yield client
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (503, '{"title":"系统正忙"}'.encode(), 1, "系统正忙.*再运行"),
        (502, b"<html>", 1, "HTTP 502"),
        (413, b"[]", 2, "HTTP 413"),
        (None, b"", 1, "导入中断.*不会重复"),
    ],
)
def test_a_site_in_trouble_is_told_from_a_bad_file(status: int | None, body: bytes, code: int, said: str) -> None:
    with a_site_that(status, body) as client, pytest.raises(NotImported, match=said) as no:
        run_import(client, "x.csv", LIST.encode(), NODE)
    assert no.value.code == code


def test_a_site_that_does_not_run() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        with httpx2.Client(base_url=address) as client, pytest.raises(NotImported, match="没有运行") as no:
            run_import(client, "x.csv", LIST.encode(), NODE)
    assert no.value.code == 1


def test_the_command_without_file_or_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_BOX", str(tmp_path / "none"))
    missing = CliRunner().invoke(app, ["import", "items", str(tmp_path / "no.csv"), "--node", NODE])
    assert (missing.exit_code, "无法读取" in missing.stderr) == (2, True)
    (tmp_path / "a.csv").write_text(LIST, encoding="utf-8")
    nobox = CliRunner().invoke(app, ["import", "items", str(tmp_path / "a.csv"), "--node", NODE])
    assert (nobox.exit_code, "scripts/up" in nobox.stderr) == (1, True)
