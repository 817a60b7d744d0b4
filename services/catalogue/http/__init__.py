"""The catalogue's door, by topic: a list of items as a file, a single item, a procedure; and what stands in it."""

from __future__ import annotations

from fastapi import APIRouter

from libs.host import Context
from services.catalogue.http.imports import Imports, imports_router
from services.catalogue.http.items import Items, items_router
from services.catalogue.http.procedures import Procedures, procedures_router
from services.catalogue.http.reading import reading_router


def catalogue_router(context: Context, items: Items, imports: Imports, procedures: Procedures) -> APIRouter:
    """`/catalogue/…`"""
    routes = APIRouter(prefix="/catalogue", tags=["catalogue"])
    routes.include_router(imports_router(context, items, imports))
    routes.include_router(items_router(context, items))
    routes.include_router(procedures_router(context, items, procedures))
    routes.include_router(reading_router(context))
    return routes
