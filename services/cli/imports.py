"""`liandong import items FILE --node CODE`: a list of items, each row landed or set aside with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import httpx2
import typer
from rich.table import Table

from services.cli.operate import site_of
from services.cli.saying import console, fail

SHOWN: Final = 20
SECONDS: Final = 300.0


class NotImported(Exception):
    """The import did not come to its end; the message says why, `code` is the command's exit code."""

    def __init__(self, because: str, code: int) -> None:
        super().__init__(because)
        self.code = code


def items(
    file: Annotated[Path, typer.Argument(help="事项清单（CSV 或 XLSX）")],
    node: Annotated[str, typer.Option("--node", help="事项归入哪个节点，如 511525")],
    as_json: Annotated[bool, typer.Option("--json", help="一个 JSON 对象")] = False,
) -> None:
    """导入事项清单：整份文件先核对，再逐行落地；可重复导入。"""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} 无法读取：{error.strerror}", 2)
    site = site_of(node)
    try:
        with site.client("editor", timeout=SECONDS) as client, console.status(f"导入 {file.name}……"):
            found = run_import(client, file.name, data, node)
    except NotImported as error:
        fail(str(error), error.code)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        show(found)


def run_import(client: httpx2.Client, name: str, data: bytes, node: str) -> dict[str, Any]:
    """The report of the run. Raises `NotImported`: 2 for a file that cannot be taken, 1 where the site does not answer."""
    try:
        answer = client.post(f"/catalogue/nodes/{node}/imports", params={"name": name}, content=data)
    except httpx2.ConnectError:
        raise NotImported("节点部署没有运行；先运行 scripts/up", 1) from None
    except httpx2.TransportError as error:
        raise NotImported(f"导入中断（{type(error).__name__}）；再运行一次即可，已落地的不会重复", 1) from None
    if answer.is_server_error:
        raise NotImported(f"导入中断：{_title(answer)}；稍后再运行一次即可，已落地的不会重复", 1)
    if answer.is_error:
        raise NotImported(f"没有导入：{_title(answer)}", 2)
    found: dict[str, Any] = answer.json()
    return found


def _title(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["title"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"


def show(found: dict[str, Any]) -> None:
    """Prints the report for people."""
    console.print(
        f"共 {found['rows']:,} 行：落地 {found['landed']:,}（新增 {found['new']:,}，变更 {found['changed']:,}，"
        f"未变 {found['unchanged']:,}），搁置 {len(found['set_aside'])} 行；机构编码搁置 {len(found['agencies_set_aside'])} 行"
    )
    if found["note"]:
        console.print(f"注意：{found['note']}")
    for title, rows in (("搁置的行", found["set_aside"]), ("落地但机构编码搁置的行", found["agencies_set_aside"])):
        if not rows:
            continue
        table = Table(title=title)
        for column in ("行", "列", "内容", "原因"):
            table.add_column(column)
        for row in rows[:SHOWN]:
            table.add_row(str(row["row"]), row["column"], row["value"], row["reason"])
        console.print(table)
        if len(rows) > SHOWN:
            console.print(f"……还有 {len(rows) - SHOWN} 行，--json 看全部")
