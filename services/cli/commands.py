"""What may be typed: every command with its arguments, its options and its sentence. What a command needs is loaded when it is asked to run,
so that help and whatever was typed wrong are answered at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.wording import ChineseCommand, ChineseCommands

app = typer.Typer(
    cls=ChineseCommands, help="联动：市、县、乡镇政务服务中心联成一个审批网络", add_completion=False, pretty_exceptions_enable=False
)
parked: Final = typer.Typer(cls=ChineseCommands, help="停放的记录：不能应用，等人处理")
clock: Final = typer.Typer(cls=ChineseCommands, help="机器时间：存疑时时限暂停提醒和发牌，等人核对")
keys: Final = typer.Typer(cls=ChineseCommands, help="密钥：更换保险库的密钥加密密钥，其间照常使用")
importing: Final = typer.Typer(cls=ChineseCommands, help="导入数据文件")

AtSite = Annotated[str, typer.Argument(help="节点部署，如 511525")]
OfService = Annotated[str, typer.Argument(help="服务，如 intake")]
Json = Annotated[bool, typer.Option("--json", help="一个 JSON 对象")]


# --- the box ----------------------------------------------------------------------------------------------------------------------------


@app.command(cls=ChineseCommand)
def up(
    no_seed: Annotated[bool, typer.Option("--no-seed", help="不放入示例事项和办件")] = False,
    once: Annotated[bool, typer.Option("--once", help="启动、放入示例、显示地址后即停止")] = False,
) -> None:
    """启动整套系统：一个市、一个县，各一个进程；Ctrl-C 停止，再次启动接着用。"""
    from services.cli import up as work

    work.up(no_seed=no_seed, once=once)


@app.command(cls=ChineseCommand)
def down(erase: Annotated[bool, typer.Option("--erase", help="清空全部数据")] = False) -> None:
    """停止正在运行的系统；--erase 清空重来。"""
    from services.cli import up as work

    work.down(erase=erase)


# --- without a running system -----------------------------------------------------------------------------------------------------------


@app.command(cls=ChineseCommand)
def due(
    start: Annotated[str | None, typer.Argument(help="起算日，或带时区的时刻，如 2007-09-10 或 2007-09-10T10:00:00+08:00")] = None,
    limit: Annotated[str | None, typer.Option("--limit", help="期限：20wd（工作日，默认）或 30nd（自然日）；0wd 为即办")] = None,
    extend: Annotated[str | None, typer.Option("--extend", help="延长，如 10wd")] = None,
    stop: Annotated[list[str] | None, typer.Option("--stop", help="不计时区间，可多次，如 2007-09-28..2007-10-10")] = None,
    non_working_start: Annotated[str | None, typer.Option("--non-working-start", help="非工作日起算：as_is（默认）或 roll_forward")] = None,
    backward: Annotated[bool, typer.Option("--backward", help="倒推：最迟哪天（如听证前七日通知）")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="案例文件（JSON）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """算到期日，逐日说明为什么算或不算。"""
    from services.cli import due as work

    typed = {"START": start, "--limit": limit, "--extend": extend, "--stop": stop or None, "--non-working-start": non_working_start}
    work.due(typed, backward=backward, file=file, as_json=as_json)


@app.command(cls=ChineseCommand)
def replay(
    file: Annotated[Path, typer.Argument(help="办件日志（CSV）")],
    log: Annotated[str | None, typer.Option("--log", help="用随系统提供的映射读：receipt（默认）或 activities")] = None,
    log_map: Annotated[Path | None, typer.Option("--map", help="用自己的映射（TOML）读")] = None,
    check: Annotated[bool, typer.Option("--check", help="在临时的两节点系统里做，做完即清除")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="最后一行输出一个 JSON 对象")] = False,
) -> None:
    """把真实的办件日志作为导入的行为逐件重放；整份日志先核对；可随时停下，再次运行不会重复。"""
    from services.cli import replay as work

    work.replay(file, log=log, log_map=log_map, check=check, as_json=as_json)


@app.command(cls=ChineseCommand)
def story(file: Annotated[Path, typer.Argument(help="故事文件（JSON），见 docs/story.md")], as_json: Json = False) -> None:
    """把一个办件当故事讲一遍：真实的规则，虚拟的时间，不需要运行的系统。"""
    from services.cli import story as work

    work.story(file, as_json=as_json)


@app.command(cls=ChineseCommand)
def serve(what: Annotated[str, typer.Argument(help="运行什么：box")]) -> None:
    """运行一个部署（box：整套服务一个进程；设置来自环境变量 LIANDONG_…）。"""
    from services.cli import serve as work

    work.serve(what)


# --- for the operator -------------------------------------------------------------------------------------------------------------------


@app.command(cls=ChineseCommand)
def status(as_json: Json = False) -> None:
    """各部分是否在运行；日志头、待发、滞后、停放、待走的时钟，机器时间是否存疑。"""
    from services.cli import operate as work

    work.status(as_json=as_json)


@app.command(cls=ChineseCommand)
def verify(as_json: Json = False) -> None:
    """逐条核对每个部署的日志：哪个来源、第几号被改动或缺失。"""
    from services.cli import operate as work

    work.verify(as_json=as_json)


@app.command(cls=ChineseCommand)
def migrate() -> None:
    """把所有数据库结构升级到当前版本（可重复）。"""
    from services.cli import operate as work

    work.migrate()


app.add_typer(parked, name="parked")


@parked.command("list", cls=ChineseCommand)
def parked_list(as_json: Json = False) -> None:
    """停放了什么，为什么。"""
    from services.cli import operate as work

    work.parked_list(as_json=as_json)


@parked.command("retry", cls=ChineseCommand)
def parked_retry(
    site: AtSite, service: OfService, numbers: Annotated[list[int] | None, typer.Argument(help="编号；不给则全部")] = None
) -> None:
    """按顺序重试。"""
    from services.cli import operate as work

    work.parked_retry(site, service, numbers)


@parked.command("dismiss", cls=ChineseCommand)
def parked_dismiss(site: AtSite, service: OfService, numbers: Annotated[list[int], typer.Argument(help="编号")]) -> None:
    """放弃这些记录；排在后面的可以重试。"""
    from services.cli import operate as work

    work.parked_dismiss(site, service, numbers)


app.add_typer(clock, name="clock")


@clock.command("confirm", cls=ChineseCommand)
def confirm(site: AtSite, as_json: Json = False) -> None:
    """核对过机器时间之后确认：时限接着计时，到期的随即提醒、发牌。"""
    from services.cli import clock as work

    work.confirm(site, as_json=as_json)


app.add_typer(keys, name="keys")
OfVault = Annotated[bool, typer.Option("--vault", help="保险库的密钥加密密钥")]


@keys.command("rotate", cls=ChineseCommand)
def keys_rotate(vault: OfVault = False, as_json: Json = False) -> None:
    """换新密钥，并把全部数据密钥重新包裹；中断后再次运行接着做，其间都能读。"""
    from services.cli import keys as work

    work.rotate(vault=vault, as_json=as_json)


@keys.command("drop", cls=ChineseCommand)
def keys_drop(vault: OfVault = False, as_json: Json = False) -> None:
    """删除不再包裹任何数据的旧密钥；此后更早的数据库备份里的个人信息不能再读。"""
    from services.cli import keys as work

    work.drop(vault=vault, as_json=as_json)


app.add_typer(importing, name="import")


@importing.command("items", cls=ChineseCommand)
def items(
    file: Annotated[Path, typer.Argument(help="事项清单（CSV 或 XLSX）")],
    node: Annotated[str, typer.Option("--node", help="事项归入哪个节点，如 511525；试读时不需要")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只读文件、报告结果，什么也不写；不需要节点部署")] = False,
    as_json: Json = False,
) -> None:
    """导入事项清单：整份文件先核对，再逐行落地；可重复导入。"""
    from services.cli import imports as work

    work.items(file, node=node, dry_run=dry_run, as_json=as_json)
