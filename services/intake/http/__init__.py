"""The door to intake: a request becomes a command, a query reads the view. The table of acts is put together here; no rule stands here."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from services.intake.http import acceptance, corrections, decision, delivery, ending, extension, steps, suspension
from services.intake.http.acts import Route, Routes, add_acts
from services.intake.http.filing import FilingCounter, add_filing
from services.intake.http.following import add_following
from services.intake.http.imports import add_imports
from services.intake.http.reading import add_reading

ROUTES: Final[Routes] = {
    **acceptance.ROUTES,
    **corrections.ROUTES,
    **steps.ROUTES,
    **suspension.ROUTES,
    **extension.ROUTES,
    **decision.ROUTES,
    **delivery.ROUTES,
    **ending.ROUTES,
}
"""The table of acts: the last part of the path → command, form."""


def intake_router(counter: FilingCounter) -> APIRouter:
    """`/intake/…`"""
    router = APIRouter(prefix="/intake", tags=["intake"])
    add_filing(router, counter)
    add_acts(router, ROUTES, counter.putting)
    add_reading(router, counter.putting, {route.command: part for part, route in ROUTES.items()})
    add_following(router, counter.putting)
    add_imports(router, counter)
    return router


__all__ = ["ROUTES", "Route", "Routes", "intake_router"]
