"""A whole story: its file read, told to its end, and said as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from libs.authority import Grant, Grants, Post, posted
from libs.eventlog import TooLarge
from libs.forms import Form, Unreadable, form_of, strict_json, why_not
from libs.host import Around, Granted
from libs.story.form import ActForm, StaffForm, StoryForm
from libs.story.parts import COUNTY, Scene
from libs.story.roster import playing
from libs.story.telling import FILED_AT, Telling, Told
from libs.workdays import CHINA, BadCalendar, Calendar, OutOfCalendar


@dataclass(frozen=True, slots=True)
class Played:
    """A story told to its end: what was told, what the services show then, and when that is."""

    told: tuple[Told, ...]
    shown: Mapping[str, Any]
    end: datetime

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs. Instants are China's, but for those in facts and cards, which stand as on the wire."""
        return {"told": plain([_told(one) for one in self.told]), **{name: plain(value) for name, value in self.shown.items()}}


def read_story(data: bytes) -> StoryForm:
    """The story in a file's bytes. Raises `Unreadable`, naming the field."""
    story = form_of(StoryForm, strict_json(data))
    for (_, before), (where, after) in pairwise(_instants(story)):
        if after < before:
            raise Unreadable(f"{where}：早于前一个行为；行为要按时间先后写")
    names = [one.staff for one in story.staff or ()]
    if twice := next((name for n, name in enumerate(names) if name in names[:n]), None):
        raise Unreadable(f"staff：{twice} 出现了两次")
    return story


def play(story: StoryForm, folder: Path) -> Played:
    """Tells a story to its end; `folder` is where its file lies. Raises `Unreadable` for what no story can say."""
    calendar = _calendar(story, folder)
    _within(calendar, story)
    given = {"item": story.item, "procedure": story.procedure}
    scene = Scene(story.node, calendar, story.acts[0].at, given, Around(granted=_granted(story)))
    telling = Telling(scene, playing(scene))
    forms = [_form(telling, act, n) for n, act in enumerate(story.acts, 1)]
    if story.acts[0].act != FILED_AT:
        raise Unreadable(f"acts[1].act：故事从收件（{FILED_AT}）开始")
    try:
        if telling.open():
            _act(telling, story, forms)
        shown = {name: value for part in telling.parts for name, value in part.shows().items()}
    except OutOfCalendar as error:
        raise Unreadable(str(error)) from None
    except TooLarge:
        raise Unreadable("写的内容太多，一条记录放不下") from None
    return Played(tuple(telling.told), shown, scene.now)


def _instants(story: StoryForm) -> list[tuple[str, datetime]]:
    """Every instant that the file names, with its place in it, as they follow each other there."""
    acts = [(f"acts[{n}].at", act.at) for n, act in enumerate(story.acts, 1)]
    return [*acts, ("until", story.until)] if story.until else acts


def _within(calendar: Calendar, story: StoryForm) -> None:
    for where, at in _instants(story):
        try:
            calendar.reason(at.astimezone(CHINA).date())
        except OutOfCalendar as error:
            raise Unreadable(f"{where}：{error}") from None


def _act(telling: Telling, story: StoryForm, forms: list[Form | None]) -> None:
    for n, (act, form) in enumerate(zip(story.acts, forms, strict=True), 1):
        try:
            telling.act(act.at, act.by, act.act, form)
        except Unreadable as no:
            raise Unreadable(f"acts[{n}].act：{no}") from None
    if story.until:
        telling.until(story.until)


def _form(telling: Telling, act: ActForm, n: int) -> Form | None:
    """The form that the body of an act fills in, checked before anything is told."""
    door = telling.door(act.act)
    if door is None:
        raise Unreadable(f"acts[{n}].act：没有「{act.act}」这个行为；有：{'、'.join(telling.acts)}")
    if door.form is None:
        if act.with_:
            raise Unreadable(f"acts[{n}].with.{next(iter(act.with_))}：没有这一项")
        return None
    return form_of(door.form, act.with_, f"acts[{n}].with")


def _granted(story: StoryForm) -> Granted:
    """What those of the story may do: everybody everything where it names nobody. Raises `Unreadable` for a grant that cannot be given."""
    county = story.node[:COUNTY]
    anybody = Grants(posted(Post, [county], last=date.max))
    known = {one.staff: _grants(one, f"staff[{n}]", county) for n, one in enumerate(story.staff or (), 1)}
    return lambda name: anybody if story.staff is None else known.get(name)


def _grants(one: StaffForm, where: str, county: str) -> Grants:
    grants = list[Grant]()
    for n, row in enumerate(one.grants, 1):
        try:
            grants.append(Grant(**{**row.model_dump(), "nodes": row.nodes or (county,)}))
        except ValueError as no:
            raise Unreadable(f"{where}.grants[{n}]：{no}") from None
    return Grants(grants)


def _calendar(story: StoryForm, folder: Path) -> Calendar:
    if story.calendar is None:
        return Calendar.load()
    path = folder / story.calendar
    try:
        return Calendar.load(path)
    except OSError as error:
        raise Unreadable(f"calendar：{path.name} 无法读取：{why_not(error)}") from None
    except BadCalendar as no:
        raise Unreadable(f"calendar：{no}") from None


def _told(told: Told) -> dict[str, Any]:
    head = {"at": told.at, "act": told.act, "by": told.by}
    if told.refusal:
        return {**head, "refused": told.refusal._asdict()}
    facts = [{"service": fact.service, "type": fact.type, **json.loads(fact.record.data)} for fact in told.facts]
    return {**head, "facts": facts}


def plain(value: Any) -> Any:
    """As it stands in JSON; instants are written in the time of China."""
    match value:
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case datetime():
            return value.astimezone(CHINA).isoformat()
        case _:
            return value
