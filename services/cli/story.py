"""`liandong story FILE`: a case told through the real rules, in memory, in virtual time. Needs no running system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.text import Text

from libs.contracts import phases
from libs.forms import Unreadable, why_not
from libs.words import ACT_WORDS, CLOCK_STATES, RUNGS, SERVICES, VALUES, addressed, clock_text, kept, sentence, shown, word
from libs.words import told as field_text
from libs.workdays import CHINA
from services.cli.saying import console, fail, say_json

TIME: Final = "时间到了"
"""Who does what nobody asked for."""
MINUTE: Final = "%Y-%m-%d %H:%M"
NEVER_RAN: Final = ([("ClockStarted", False), ("ClockEnded", False)], [("ClockStarted", False), ("ClockCancelled", False)])
"""All that is said of a clock that began for nothing, and whether late."""


def story(file: Path, *, as_json: bool) -> None:
    """Tells the story of a file."""
    from libs.story import play, read_story  # it brings every service, which other commands do without

    try:
        played = play(read_story(file.read_bytes()), file.parent)
    except OSError as error:
        fail(f"{file} 无法读取：{why_not(error)}", 2)
    except Unreadable as error:
        fail(f"{file} 讲不下去：{error}", 2)
    told = played.as_json()
    if as_json:
        say_json(told)
        return
    for line in lines(told, played.end):
        console.print(line, soft_wrap=True)


# --- what happened ----------------------------------------------------------------------------------------------------------------------


def lines(told: Mapping[str, Any], end: datetime) -> Iterator[Text]:
    """The telling for people: what happened, in order of time, what time did at one instant under one head; then how it stands at the end.

    A clock that ended in the very moment in which it began never ran, and is left out.
    """
    never_ran = {name for one in told["told"] for name in stillborn(one.get("facts", ()))}
    for (at, who), together in groupby(told["told"], key=lambda one: (one["at"], doer(one))):
        for n, one in enumerate(together):
            if n == 0 or who != TIME:
                yield Text(f"{moment(at)} {who}", "bold")
            yield from happened(one, never_ran)
    yield from ending(told, end, never_ran)


def stillborn(facts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The clocks of which these facts say nothing but that they began and ended, in time."""
    said = [(fact["clock"], fact["type"], fact.get("late", False)) for fact in facts if fact["service"] == "deadline"]
    for name in dict.fromkeys(clock for clock, _, _ in said):
        if [(kind, late) for clock, kind, late in said if clock == name] in NEVER_RAN:
            yield name


def doer(told: Mapping[str, Any]) -> str:
    """Who did what, or that time did it."""
    if told["act"] is None and "facts" in told:
        return TIME
    return f"{word(told['by'].removeprefix('system:'), SERVICES)} {word(told['act'], ACT_WORDS)}".rstrip()


def happened(told: Mapping[str, Any], never_ran: Set[str]) -> Iterator[Text]:
    """What came of it: facts with their service, or a refusal with its code, its articles and its sentence."""
    if "refused" in told:
        yield Text(f"    不能办理 [{told['refused']['code']}] {told['refused']['because']}", "red")
    elif not told["facts"]:
        yield Text("    已经如此，没有变化")
    for fact in told.get("facts", ()):
        if fact.get("clock") not in never_ran:
            yield fact_line(fact)


def fact_line(fact: Mapping[str, Any]) -> Text:
    """A fact: its service, its title, what it says, and until when there is time, where it says that."""
    title, _, tone = shown(family := f"liandong.{fact['service']}.{fact['type']}")
    due = f"到期日 {due_date(fact['due_at'])}" if fact.get("due_at") else ""
    said = " · ".join(filter(None, (sentence(family, fact), due)))
    return Text(f"    【{word(fact['service'], SERVICES)}】{title}{'：' if said else ''}{said}", "red" if tone == "bad" else "")


# --- how it stands at the end -----------------------------------------------------------------------------------------------------------


def ending(told: Mapping[str, Any], end: datetime, never_ran: Set[str]) -> Iterator[Text]:
    """The case with its number and how it came out, its clocks and its cards, as of the end of the telling."""
    facts = [fact for one in told["told"] for fact in one.get("facts", ()) if fact["service"] == "intake"]
    number = next((f" {fact['case']}" for fact in facts), "")
    yield Text(f"结果（截至 {end.astimezone(CHINA):{MINUTE}}）", "bold")
    yield Text(f"    办件{number}：{word(told['phase'], phases().words) or '没有收件'}{outcome(told['phase'], facts)}", "bold")
    for clock in told["clocks"]:
        if clock["clock"] not in never_ran:
            yield Text(f"    时限：{clock_line(clock)}", "red" if clock["late"] else "")
    for card in told["cards"]:
        whose = " · ".join(filter(None, (clock_text(card["clock"]), addressed(card), field_text("overdue", card["overdue"]))))
        yield Text(f"    {word(card['colour'], VALUES['colour'])}：{moment(card['at'])} {whose}")


def outcome(phase: str | None, facts: Sequence[Mapping[str, Any]]) -> str:
    """How the case came out, where its phase does not say it: what was decided, or by which of the ends it went before it was closed."""
    known, at = phases(), ""
    found = ""
    for fact in facts:
        at = known.after(at, fact["type"])
        found = word(fact["outcome"], VALUES["outcome"]) if fact["type"] == "CaseDecided" else found
        found = known.words[at] if known.ended(at) and at != known.closed else found
    return f"（{found}）" if found and found != word(phase, known.words) else ""


def due_date(due_at: str) -> str:
    """The day at whose end a limit passes."""
    return (datetime.fromisoformat(due_at) - timedelta(microseconds=1)).astimezone(CHINA).date().isoformat()


def clock_line(clock: Mapping[str, Any]) -> str:
    """A clock at the end: what it measures, when it is due, whether that was kept, the days it left out, what it has said."""
    due = f"到期日 {clock['due_date']}" if clock["due_date"] else "没有到期日"
    state = word(clock["state"], CLOCK_STATES)
    ended = f"（{moment(clock['ended_at'])}）" if clock["ended_at"] else ""
    stops = "".join(
        f"；不计时 {stop['first']} 至 {stop['last'] or '今'}（{word(stop['reason'], VALUES['reason'])}）" for stop in clock["stops"]
    )
    rungs = "、".join(rung_texts(clock["rungs"]))
    name = " ".join(filter(None, (clock_text(clock["clock"]), clock["label"])))
    return f"{name}，{due}，{state}{ended}{held(clock)}{stops}{'；' if rungs else ''}{rungs}"


def held(clock: Mapping[str, Any]) -> str:
    """Whether the limit was kept, or has been so far; nothing of one that measures no more."""
    if clock["state"] == "cancelled":
        return ""
    return f"，{kept(late=clock['late'])}" if clock["ended_at"] else "，已超期" if clock["late"] else "，未超期"


def rung_texts(rungs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What a clock has said, each with its instant; what it said again and again, once with how often and until when."""
    for rung, again in groupby(rungs, key=lambda one: one["rung"]):
        first, *more = again
        often = f"（又 {len(more)} 次，至 {moment(more[-1]['at'])}）" if more else ""
        yield f"{word(rung, RUNGS)} {moment(first['at'])}{often}"


def moment(at: str) -> str:
    """An instant as people in China read it."""
    return f"{datetime.fromisoformat(at).astimezone(CHINA):{MINUTE}}"
