"""`liandong import items FILE --node CODE`: a list of items, each row landed or set aside with its reason; `--dry-run` only reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import httpx2

from libs.decider import Refused
from libs.forms import why_not
from libs.paper import BadTable
from libs.terminal import table
from services.catalogue.http.item_list import tried
from services.cli.operate import site_of
from services.cli.saying import console, fail, say_json
from services.onebox import said

SHOWN: Final = 20
SHOWN_AS: Final = {"row": "行", "column": "列", "value": "内容", "reason": "原因"}
SECONDS: Final = 300.0


class NotImported(Exception):
    """The import did not come to its end; the message says why, `code` is the command's exit code."""

    def __init__(self, because: str, code: int) -> None:
        super().__init__(because)
        self.code = code


def items(file: Path, *, node: str, dry_run: bool, as_json: bool) -> None:
    """Imports a list, or tells what an import of it would do."""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} 无法读取：{why_not(error)}", 2)
    try:
        found = try_out(file.name, data) if dry_run else land(file.name, data, node)
    except NotImported as error:
        fail(str(error), error.code)
    if as_json:
        say_json(found)
    elif dry_run:
        show_tried(found)
    else:
        show(found)


def try_out(name: str, data: bytes) -> dict[str, Any]:
    """What an import would do, told by the file alone. Raises `NotImported`: 2 for a file that cannot be taken."""
    try:
        with console.status(f"试读 {name}……"):
            return tried(name, data)
    except (BadTable, Refused) as refusal:
        raise NotImported(f"不能导入：{refusal.because}", 2) from None


def land(name: str, data: bytes, node: str) -> dict[str, Any]:
    """Imports the list at `node`. Raises `NotImported`."""
    if not node:
        raise NotImported("要写明事项归入哪个节点，如 --node 511525；只想看看文件读得怎样，加 --dry-run", 2)
    site = site_of(node)
    with site.client("editor", timeout=SECONDS) as client, console.status(f"导入 {name}……"):
        return run_import(client, name, data, node)


def run_import(client: httpx2.Client, name: str, data: bytes, node: str) -> dict[str, Any]:
    """The report of the run. Raises `NotImported`: 2 for a file that cannot be taken, 1 where the site does not answer."""
    try:
        answer = client.post(f"/catalogue/nodes/{node}/imports", params={"name": name}, content=data)
    except httpx2.ConnectError:
        raise NotImported("节点部署没有运行；先运行 scripts/up", 1) from None
    except httpx2.TransportError as error:
        raise NotImported(f"导入中断（{type(error).__name__}）；再运行一次即可，已落地的不会重复", 1) from None
    if answer.is_server_error:
        raise NotImported(f"导入中断：{said(answer)}；稍后再运行一次即可，已落地的不会重复", 1)
    if answer.is_error:
        raise NotImported(f"没有导入：{said(answer)}", 2)
    found: dict[str, Any] = answer.json()
    return found


def show(found: dict[str, Any]) -> None:
    """Prints the report of an import for people."""
    console.print(
        f"共 {found['rows']:,} 行：落地 {found['landed']:,}（新增 {found['new']:,}，变更 {found['changed']:,}，"
        f"未变 {found['unchanged']:,}），搁置 {len(found['set_aside'])} 行；机构编码搁置 {len(found['agencies_set_aside'])} 行"
    )
    _notes(found["notes"])
    _rows("搁置的行", found["set_aside"], ("row", "column", "value", "reason"))
    _rows("落地但机构编码搁置的行", found["agencies_set_aside"], ("row", "column", "value", "reason"))


def show_tried(found: dict[str, Any]) -> None:
    """Prints for people what an import would do."""
    console.print(f"试读，没有写入：共 {found['read']:,} 行，可落地 {found['land']:,} 行，搁置 {len(found['set_aside']):,} 行")
    _notes(found["notes"])
    _rows("要搁置的行", found["set_aside"], ("row", "column", "reason"))


def _notes(notes: Sequence[str]) -> None:
    for note in notes:
        console.print(f"注意：{note}")


def _rows(title: str, rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> None:
    if not rows:
        return
    shown = table(*(SHOWN_AS[key] for key in keys), title=title)
    for row in rows[:SHOWN]:
        shown.add_row(*(str(row[key]) for key in keys))
    console.print(shown)
    if len(rows) > SHOWN:
        console.print(f"……还有 {len(rows) - SHOWN} 行，--json 看全部")
