"""Wires the catalogue."""

from __future__ import annotations

from libs.host import Context, Service
from services.catalogue.http import router
from services.catalogue.views import VIEW


def build(context: Context) -> Service:
    """The catalogue of a site. It hears nobody yet."""
    return Service("catalogue", router(context), views=(VIEW,))
