"""For the operator: how far everything is, what is parked, whether the log is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx2
import typer

from libs.embedded import EmbeddedError
from libs.terminal import say, table
from services.cli.saying import console, fail, say_json
from services.onebox import BoxError, OneBox, PartStands, SiteOfBox, default_folder, holder, said

STATUS_SECONDS: Final = 10.0
PART_WORDS: Final[Mapping[str, str]] = {"down": "没有运行", "starting": "正在启动", "silent": "没有应答"}


def running_box() -> OneBox:
    """The box of this checkout. Ends the command with one sentence where there is none, or one of another format."""
    try:
        return OneBox(default_folder()).read()
    except BoxError as error:
        fail(str(error), error.code)


def site_of(node: str) -> SiteOfBox:
    """The site of this checkout's box that hosts `node`. Ends the command with one sentence where none does."""
    try:
        return running_box().site(node)
    except BoxError as error:
        fail(str(error), error.code)


def ask(site: SiteOfBox, method: str, path: str, **more: Any) -> Any:
    """Sends one request to a site of the box: the JSON of the answer. Ends the command where it is refused or nobody answers."""
    try:
        with site.client() as client:
            answer = client.request(method, path, **more)
            answer.raise_for_status()
            return answer.json()
    except httpx2.HTTPStatusError as error:
        fail(f"{site.code} 拒绝了：{said(error.response)}", 2)
    except ValueError:
        fail(f"{site.address} 的回答不是 JSON；端口可能被别的程序占用", 1)
    except httpx2.TransportError:
        fail(f"{site.code} 没有运行（{site.address}）；先运行 scripts/up", 1)


def status(*, as_json: bool) -> None:
    """What stands, and how far everything is."""
    box = running_box()
    running = holder(box.folder)
    parts = running.parts if running else ()
    answers = [asked(site) for site in box.sites]
    found = [answer for answer, _, _ in answers if answer is not None]
    if as_json:
        say_json({"parts": [part.model_dump(mode="json") for part in parts], "sites": found})
    else:
        if found:
            show_sites(found)
        show_parts(parts)
    if why := [sentence for _, sentence, _ in answers if sentence]:
        fail("\n".join(why), max(code for _, _, code in answers))


def asked(site: SiteOfBox) -> tuple[Any, str, int]:
    """The status a site tells of itself; else None, a sentence why not, and the exit code."""
    try:
        with site.client(timeout=STATUS_SECONDS) as client:
            answer = client.get("/site/status")
            answer.raise_for_status()
            return answer.json(), "", 0
    except httpx2.HTTPStatusError as error:
        return None, f"{site.code} 拒绝了：{said(error.response)}", 2 if error.response.is_client_error else 1
    except ValueError:
        return None, f"{site.address} 的回答不是 JSON；端口可能被别的程序占用", 1
    except httpx2.TimeoutException:
        return None, f"{site.code} 没有应答（{site.address}）", 1
    except httpx2.TransportError:
        return None, f"{site.code} 没有运行（{site.address}）；先运行 scripts/up", 1


def show_parts(parts: Sequence[PartStands]) -> None:
    """Which parts of the box are away, and which were started again."""
    for part in parts:
        if part.state != "up":
            console.print(
                f"{part.part} {PART_WORDS[part.state]}，自 {part.since.astimezone():%m-%d %H:%M:%S}：{part.because}",
                style="red",
                soft_wrap=True,
            )
        if part.again:
            console.print(f"{part.part} 自启动以来重新启动过 {part.again} 次", soft_wrap=True)


def show_sites(found: Sequence[Any]) -> None:
    """A table of how far every service is, and what must not be overlooked."""
    counts = ("事件", "待发", "听取落后", "视图滞后", "停放", "待走时钟")
    rows = table("部署", "服务", *counts, title="联动：各节点部署", right=counts)
    for site in found:
        for name, row in site["services"].items():
            rows.add_row(
                site["site"],
                name,
                f"{sum(head['sequence'] for head in row['heads']):,}",
                f"{sum(head['relay_depth'] for head in row['heads']):,}",
                str(sum(cursor["behind"] for cursor in row["cursors"])),
                f"{sum(view['lag'] for view in row['views_behind']):,}",
                str(row["parked"]),
                str(row.get("clocks_overdue", "")),
            )
    console.print(rows)
    for site in found:
        for warning in warnings(site):
            console.print(f"{site['site']}：{warning}", style="red", soft_wrap=True)


def warnings(site: Mapping[str, Any]) -> list[str]:
    """What of a site's status the operator must not overlook, as sentences. Loops and views that belong to no service stand at the site itself."""
    found = [f"连不上 {'、'.join(site['away'])}；恢复后自动继续"] if site.get("away") else []
    for name, row in {"部署": site, **site["services"]}.items():
        for view, at in row.get("views_stopped", {}).items():
            found.append(
                f"{name} 的视图 {view} 停在 {at['source']} 第 {at['sequence']} 号之前：{at['because']}；其余照常，升级后自动接着显示"
            )
        if row.get("loops_down"):
            found.append(f"{name} 有停下待重启的工作：{'、'.join(row['loops_down'])}；原因见部署的日志")
        if row.get("time_in_doubt"):
            found.append(row["time_in_doubt"])
        if row.get("clocks_beyond_calendar"):
            found.append(f"{row['clocks_beyond_calendar']} 个时钟超出日历，没有走；更新日历后自动接着走")
        if row.get("clocks_failed"):
            found.append(f"{row['clocks_failed']} 个时钟出错，没有走；原因见部署的日志")
    return found


def verify(*, as_json: bool) -> None:
    """Has every site check its logs. Ends the command with 3 where one is not whole."""
    found = {site.code: ask(site, "GET", "/site/verify", timeout=600) for site in running_box().sites}
    if as_json:
        say_json(found)
    for code, site in found.items():
        bad = [row for row in site["origins"] if row["fault"]]
        for row in bad:
            say(f"{row['source']} 第 {row['sequence']} 号：{row['fault']}")
        if not as_json and not bad:
            console.print(f"{code}：{sum(row['events'] for row in site['origins']):,} 个事件，链完整")
    if not all(site["verified"] for site in found.values()):
        raise typer.Exit(3)


def migrate() -> None:
    """Brings every database of the box to the schema of this checkout."""
    box = running_box()
    try:
        for done in box.bring_forward():
            console.print(done)
    except BoxError as error:
        fail(str(error), error.code)
    except EmbeddedError as error:
        fail(str(error), 1)


def parked_list(*, as_json: bool) -> None:
    """What is parked, and why."""
    rows = [{"site": site.code, **row} for site in running_box().sites for row in ask(site, "GET", "/site/parked")]
    if as_json:
        say_json(rows)
        return
    if not rows:
        console.print("没有停放的记录")
    for row in rows:
        console.print(
            f"{row['site']} {row['service']} #{row['number']} {row['where']} 第 {row['sequence']} 号 {row['subject']}：{row['reason']}"
        )


def parked_retry(site: str, service: str, numbers: Sequence[int] | None) -> None:
    """Tries these again, in order; none named: all."""
    body = {"numbers": numbers or None}
    result = ask(site_of(site), "POST", f"/site/parked/{service}/retry", json=body)
    console.print(f"已应用 {result['applied']} 条，仍停放 {result['parked']} 条")


def parked_dismiss(site: str, service: str, numbers: Sequence[int]) -> None:
    """Gives these up; what waits behind them can be tried again."""
    result = ask(site_of(site), "POST", f"/site/parked/{service}/dismiss", json={"numbers": numbers})
    console.print(f"已放弃 {result['dismissed']} 条")
