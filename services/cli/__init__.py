"""`liandong …`: the front door, commands only. Errors in one sentence with what to do next; exit codes 1 not running, 2 bad input, 3 something is wrong."""

from __future__ import annotations

import stamina
import typer

from services.cli import clock, due, imports, operate, replay, serve, story, up

stamina.instrumentation.set_on_retry_hooks([])  # waiting for a site that starts is normal work
app = typer.Typer(
    help="联动：市、县、乡镇政务服务中心联成一个审批网络", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.command("up")(up.up)
app.command("down")(up.down)
app.command("due")(due.due)
app.command("replay")(replay.replay)
app.command("story")(story.story)
app.command("serve")(serve.serve)
app.command("status")(operate.status)
app.command("verify")(operate.verify)
app.command("migrate")(operate.migrate)
app.add_typer(operate.parked, name="parked")
app.add_typer(clock.clock, name="clock")

importing = typer.Typer(help="导入数据文件", no_args_is_help=True)
importing.command("items")(imports.items)
app.add_typer(importing, name="import")
