"""The file of a story: what it may say, strictly."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from libs.authority import EVER, Post
from libs.forms import NODE_CODE, Day, Form, Moment, NodeCode, Staff, Text, Title, Word


class GrantForm(Form):
    """A post that somebody has: for all items unless some are named, at the head of the story's site and below unless nodes are named."""

    post: Post
    items: Annotated[tuple[Title, ...], Field(max_length=1000)] = ()
    nodes: Annotated[tuple[NodeCode, ...], Field(max_length=1000)] = ()
    first: Day = EVER
    last: Day | None = None
    document: Text = ""


class StaffForm(Form):
    """Somebody of the story, and what they may do."""

    staff: Annotated[Staff, Field(min_length=1)]
    grants: Annotated[tuple[GrantForm, ...], Field(min_length=1)]


class ActForm(Form):
    """An act: when, by whom, which one (`file`, or the last part of its path), and the body of its request."""

    at: Moment
    by: Annotated[Staff, Field(min_length=1)]
    act: Word
    with_: Annotated[dict[str, Any], Field(alias="with", default_factory=dict)]


class StoryForm(Form):
    """A story. `item` and `procedure` are the catalogue's forms, `calendar` is a file beside this one; without `staff` anybody may."""

    node: Annotated[str, Field(pattern=f"^{NODE_CODE}$")]
    item: dict[str, Any] | None = None
    procedure: dict[str, Any]
    calendar: Title | None = None
    staff: tuple[StaffForm, ...] | None = None
    acts: Annotated[tuple[ActForm, ...], Field(min_length=1)]
    until: Moment | None = None
