"""The routes of the catalogue, by topic: an item list as a file, a single item, a procedure, and queries of what stands in it."""

from __future__ import annotations

from fastapi import APIRouter

from libs.host import Context
from services.catalogue.http.imports import ImportStreams, add_imports
from services.catalogue.http.items import ItemStreams, add_items
from services.catalogue.http.procedures import ProcedureStreams, add_procedures
from services.catalogue.http.reading import add_reading


def catalogue_router(context: Context, items: ItemStreams, imports: ImportStreams, procedures: ProcedureStreams) -> APIRouter:
    """The routes under `/catalogue`."""
    routes = APIRouter(prefix="/catalogue", tags=["catalogue"])
    add_imports(routes, context, items, imports)
    add_items(routes, context, items)
    add_procedures(routes, context, items, procedures)
    add_reading(routes, context)
    return routes
