"""The catalogue in a story: the item is registered and the procedure published, as at its door, before the first act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from libs.authority import Grants, Post, posted
from libs.eventlog import Codec
from libs.forms import form_of
from libs.story import TELLER, Ask, Opening, Part, Scene
from libs.workdays import CHINA, midnight
from services.catalogue import item, procedure
from services.catalogue.http.items import ItemForm, ItemStreams, registering_of
from services.catalogue.http.procedures import ProcedureForm, ProcedureStreams, command_of

ITEM: Final = {"name": "故事中的事项", "type_code": "01", "department": "故事中的部门"}
"""What an item is called of which a story says nothing."""


def catalogue_part(scene: Scene, codec: Codec, items: ItemStreams, procedures: ProcedureStreams) -> Part:
    """The part of the catalogue. Raises `Unreadable` for an item or a procedure that its form does not take."""
    publish = form_of(ProcedureForm, scene.given["procedure"], "procedure")
    register = form_of(ItemForm, scene.given["item"] or {**ITEM, "item": publish.item}, "item")
    at = _published_at(publish, scene.begins)
    editor = Grants(posted([Post.EDITOR], [scene.county]))

    def asks() -> Iterator[tuple[str, Ask]]:
        command = registering_of(register, scene.county, TELLER, editor, at)
        yield "item", Ask(scene.county, items, item.stream(register.item), command, TELLER)
        known = items.state(scene.stream(items, scene.county, item.stream(publish.item)))
        yield (
            "procedure",
            Ask(
                scene.county,
                procedures,
                procedure.stream(publish.item),
                command_of(publish, known, scene.county, TELLER, editor, at),
                TELLER,
            ),
        )

    return Part(codec=codec, opening=Opening(at, asks()))


def _published_at(form: ProcedureForm, begins: datetime) -> datetime:
    """The beginning of the day from which the procedure is in force, or of the first act's where that is earlier: none is in force before it
    was published.
    """
    first = begins.astimezone(CHINA).date()
    return midnight(min(first, form.effective or first))
