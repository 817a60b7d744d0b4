"""`liandong import items FILE --node CODE`: a list of items, each row landed or set aside with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.table import Table

from services.cli.onebox import BoxError
from services.cli.operate import fail, running_box

console = Console()
SHOWN = 20


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
    try:
        site = running_box().site(node)
        with site.client("editor", timeout=300) as client, console.status(f"导入 {file.name}……"):
            found = run_import(client, file.name, data, node)
    except BoxError as error:
        fail(str(error), 2)
    except httpx2.TransportError:
        fail("节点部署没有运行；先运行 scripts/up", 1)
    except httpx2.HTTPStatusError as error:
        fail(_because(error.response), 2)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        show(found)


def run_import(client: httpx2.Client, name: str, data: bytes, node: str) -> dict[str, Any]:
    """The report of the run. Raises `httpx2.HTTPStatusError` with a problem for a file that cannot be read."""
    answer = client.post(f"/catalogue/nodes/{node}/imports", params={"name": name}, content=data)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _because(answer: httpx2.Response) -> str:
    try:
        return f"没有导入：{answer.json()['title']}"
    except (ValueError, KeyError):
        return f"没有导入：{answer.status_code}"


def show(found: dict[str, Any]) -> None:
    """For people."""
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
