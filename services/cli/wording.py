"""The command line's own words, in Chinese: its help, and the one sentence about a command that was typed wrong. What typer says is English."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from libs.terminal import say

_HELP: Final = "显示本说明后退出"
_SENTENCES: Final[Sequence[tuple[str, str]]] = (
    (r"No such option: (.+) \(Possible options: (.+)\)", "没有选项 {0}；相近的有 {1}"),
    (r"No such option: (.+)", "没有选项 {0}"),
    (r"No such command '(.+)'\. Did you mean (.+)\?", "没有命令 {0}；相近的有 {1}"),
    (r"No such command '(.+)'\.", "没有命令 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Missing argument '?(.+?)'?\.", "缺少参数 {0}"),
    (r"Missing option '?(.+?)'?\.", "缺少选项 {0}"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "多出了参数 {0}"),
    (r"Option '(.+)' requires an argument\.", "选项 {0} 后面缺少值"),
    (r"Option '(.+)' does not take a value\.", "选项 {0} 不带值"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid integer.*", "{0} 应为整数"),
    (r"Invalid value for '?(.+?)'?: .*", "{0} 的值不对"),
    (r"Invalid value: (.+)", "{0}"),
)
"""What typer says of a command that was typed wrong, and what people read."""


def in_chinese(said: str) -> str:
    """What is wrong with a command, for people. Sentences of ours are Chinese already."""
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return sentence.format(*(part.replace("'", "") for part in found.groups())) + "；用法见 --help"
    return said if not said.isascii() else f"命令写得不对（{said}）；用法见 --help"


class ChineseCommand(TyperCommand):
    """A command whose options stand once each, unless they are many by nature; its help is Chinese. A file that it cannot read ends it with
    one sentence and 2.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Typer would take the last of several and say nothing of the others."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        for option, times in Counter(order).items():
            if times > 1 and isinstance(option, TyperOption) and not option.multiple:
                raise typer.BadParameter(f"{option.opts[0]} 出现了两次，只能给一次", ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        from libs.forms import Unreadable  # forms are loaded for what runs, not for help

        try:
            return super().invoke(ctx)
        except Unreadable as no:
            say(str(no))
            raise typer.Exit(2) from None

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _in_words(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        _usage(ctx, formatter, self.collect_usage_pieces(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _title_panels()
        super().format_help(ctx, formatter)


class ChineseCommands(TyperGroup):
    """Commands under a name. The outermost one ends every command that was typed wrong with one sentence and 2."""

    def main(self, *args: Any, **more: Any) -> Any:
        try:
            code = super().main(*args, **{**more, "standalone_mode": False})
        except typer.TyperException as wrong:
            say(in_chinese(wrong.format_message()))
            sys.exit(2)
        except typer.Abort:
            say("已中止")
            sys.exit(1)
        sys.exit(code or 0)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args:
            typer.echo(ctx.get_help(), nl=False)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _in_words(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        _usage(ctx, formatter, self.collect_usage_pieces(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _title_panels()
        super().format_help(ctx, formatter)


def _in_words(option: TyperOption | None) -> TyperOption | None:
    """The option for help in Chinese. Without a value of its own, typer would load pydantic to read the one that nobody typed."""
    if option is not None:
        option.help, option.default = _HELP, False
    return option


def _usage(ctx: Any, formatter: Any, pieces: Sequence[str]) -> None:
    words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
    formatter.write_usage(ctx.command_path, " ".join(words.get(piece, piece) for piece in pieces), prefix="用法：")


def _title_panels() -> None:
    from typer import rich_utils  # rich is loaded for those who ask for help, as typer does

    rich_utils.ARGUMENTS_PANEL_TITLE, rich_utils.OPTIONS_PANEL_TITLE, rich_utils.COMMANDS_PANEL_TITLE = "参数", "选项", "命令"
    rich_utils.REQUIRED_LONG_STRING, rich_utils.DEFAULT_STRING = "[必须]", "[默认：{}]"
