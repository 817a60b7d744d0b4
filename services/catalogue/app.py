"""The catalogue, wired: streams of items, imports and procedures, the view, the routes. It hears nobody yet."""

from __future__ import annotations

from typing import Final, get_args

from libs.eventlog import Codec, Subject
from libs.host import Context, Service
from libs.story import Part, Scene
from services.catalogue import events
from services.catalogue.http import catalogue_router
from services.catalogue.http.imports import ImportStreams
from services.catalogue.http.items import ItemStreams
from services.catalogue.http.procedures import ProcedureStreams
from services.catalogue.item import ITEM
from services.catalogue.item.importing import IMPORT
from services.catalogue.procedure import PROCEDURE
from services.catalogue.story import catalogue_part
from services.catalogue.views import catalogue_view

CODEC: Final = Codec("catalogue", get_args(events.Event))


def subjects() -> tuple[ItemStreams, ImportStreams, ProcedureStreams]:
    """Items, runs of imports and procedures as streams of the log."""
    return Subject(ITEM, CODEC), Subject(IMPORT, CODEC), Subject(PROCEDURE, CODEC)


def build(context: Context) -> Service:
    """Builds the catalogue over what the host gives it."""
    items, imports, procedures = subjects()
    return Service(
        name="catalogue",
        router=catalogue_router(context, items, imports, procedures),
        views=(catalogue_view(CODEC),),
    )


def tells(scene: Scene) -> Part:
    """The catalogue's part in a story."""
    items, _, procedures = subjects()
    return catalogue_part(scene, CODEC, items, procedures)
