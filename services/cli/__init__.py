"""`liandong …`: the front door, commands only. Errors in one sentence with what to do next; exit codes 1 not running, 2 bad input, 3 something is wrong."""

from __future__ import annotations

import stamina
import typer

from services.cli import clock, due, imports, operate, replay, serve, story, up
from services.cli.wording import ChineseCommand, ChineseCommands

stamina.instrumentation.set_on_retry_hooks([])  # waiting for a site that starts is normal work
app = typer.Typer(
    cls=ChineseCommands, help="联动：市、县、乡镇政务服务中心联成一个审批网络", add_completion=False, pretty_exceptions_enable=False
)
app.command("up", cls=ChineseCommand)(up.up)
app.command("down", cls=ChineseCommand)(up.down)
app.command("due", cls=ChineseCommand)(due.due)
app.command("replay", cls=ChineseCommand)(replay.replay)
app.command("story", cls=ChineseCommand)(story.story)
app.command("serve", cls=ChineseCommand)(serve.serve)
app.command("status", cls=ChineseCommand)(operate.status)
app.command("verify", cls=ChineseCommand)(operate.verify)
app.command("migrate", cls=ChineseCommand)(operate.migrate)
app.add_typer(operate.parked, name="parked")
app.add_typer(clock.clock, name="clock")

importing = typer.Typer(cls=ChineseCommands, help="导入数据文件")
importing.command("items", cls=ChineseCommand)(imports.items)
app.add_typer(importing, name="import")
