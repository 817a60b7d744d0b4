"""The routes of the catalogue, by topic: an item list as a file, a single item, a procedure, and queries of what stands in it."""

from __future__ import annotations

from fastapi import APIRouter

from libs.host import Context
from services.catalogue.http.imports import ImportStreams, imports_router
from services.catalogue.http.items import ItemStreams, items_router
from services.catalogue.http.procedures import ProcedureStreams, procedures_router
from services.catalogue.http.reading import reading_router


def catalogue_router(context: Context, items: ItemStreams, imports: ImportStreams, procedures: ProcedureStreams) -> APIRouter:
    """The routes under `/catalogue`."""
    routes = APIRouter(prefix="/catalogue", tags=["catalogue"])
    routes.include_router(imports_router(context, items, imports))
    routes.include_router(items_router(context, items))
    routes.include_router(procedures_router(context, items, procedures))
    routes.include_router(reading_router(context))
    return routes
