"""`liandong story FILE`: a case told through the real rules, in memory, in virtual time. Needs no running system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from libs.contracts import phases
from libs.forms import Unreadable, why_not
from libs.words import ACT_WORDS, CLOCK_STATES, RUNGS, SERVICES, VALUES, addressed, clock_text, sentence, shown, word
from libs.workdays import CHINA
from services.cli.operate import Json
from services.cli.saying import console, fail, say_json

TIME: Final = "时间到了"
"""Who does what nobody asked for."""


def story(file: Annotated[Path, typer.Argument(help="故事文件（JSON），见 docs/story.md")], as_json: Json = False) -> None:
    """把一个办件当故事讲一遍：真实的规则，虚拟的时间，不需要运行的系统。"""
    from libs.story import play, read_story  # it brings every service, which other commands do without

    try:
        told = play(read_story(file.read_bytes()), file.parent).as_json()
    except OSError as error:
        fail(f"{file} 无法读取：{why_not(error)}", 2)
    except Unreadable as error:
        fail(f"{file} 讲不下去：{error}", 2)
    if as_json:
        say_json(told)
        return
    for line in lines(told):
        console.print(line, soft_wrap=True)


def lines(told: Mapping[str, Any]) -> Iterator[Text]:
    """The telling for people: what happened, in order of time; then the phase, the clocks and the cards."""
    for one in told["told"]:
        yield from happened(one)
    yield Text(f"办件：{word(told['phase'], phases().words) or '没有收件'}", "bold")
    for clock in told["clocks"]:
        yield Text(f"时限：{clock_line(clock)}", "red" if clock["late"] else "")
    for card in told["cards"]:
        yield Text(f"{word(card['colour'], VALUES['colour'])}：{moment(card['at'])} {clock_text(card['clock'])} · {addressed(card)}")


def happened(told: Mapping[str, Any]) -> Iterator[Text]:
    """An act, or what time has done, and what came of it: facts with their service, or a refusal with its code, its articles and its sentence."""
    by = word(told["by"].removeprefix("system:"), SERVICES)
    who = TIME if told["act"] is None and "facts" in told else f"{by} {word(told['act'], ACT_WORDS)}"
    yield Text(f"{moment(told['at'])} {who}", "bold")
    if "refused" in told:
        yield Text(f"    不能办理 [{told['refused']['code']}] {told['refused']['because']}", "red")
    elif not told["facts"]:
        yield Text("    已经如此，没有变化")
    for fact in told.get("facts", ()):
        yield fact_line(fact)


def fact_line(fact: Mapping[str, Any]) -> Text:
    """A fact: its service, its title, what it says, and until when there is time, where it says that."""
    title, _, tone = shown(family := f"liandong.{fact['service']}.{fact['type']}")
    due = f"到期日 {due_date(fact['due_at'])}" if fact.get("due_at") else ""
    said = " · ".join(filter(None, (sentence(family, fact), due)))
    return Text(f"    【{word(fact['service'], SERVICES)}】{title}{'：' if said else ''}{said}", "red" if tone == "bad" else "")


def due_date(due_at: str) -> str:
    """The day at whose end a limit passes."""
    return (datetime.fromisoformat(due_at) - timedelta(microseconds=1)).astimezone(CHINA).date().isoformat()


def clock_line(clock: Mapping[str, Any]) -> str:
    """A clock at the end: what it measures, when it is due, whether that was kept, the days it left out, what it has said."""
    due = f"到期日 {clock['due_date']}" if clock["due_date"] else "没有到期日"
    state = word(clock["state"], CLOCK_STATES)
    kept = "" if clock["state"] == "cancelled" else "，超期" if clock["late"] else "，未超期"
    ended = f"（{moment(clock['ended_at'])}）" if clock["ended_at"] else ""
    stops = "".join(
        f"；不计时 {stop['first']} 至 {stop['last'] or '今'}（{word(stop['reason'], VALUES['reason'])}）" for stop in clock["stops"]
    )
    rungs = "、".join(f"{word(rung['rung'], RUNGS)} {moment(rung['at'])}" for rung in clock["rungs"])
    name = " ".join(filter(None, (clock_text(clock["clock"]), clock["label"])))
    return f"{name}，{due}，{state}{ended}{kept}{stops}{'；' if rungs else ''}{rungs}"


def moment(at: str) -> str:
    """An instant as people in China read it."""
    return f"{datetime.fromisoformat(at).astimezone(CHINA):%Y-%m-%d %H:%M}"
