"""Projections: rows made from a service's own log, their columns said once, and the wait that lets a page read its own write."""

from libs.database import Connection, Pool
from libs.eventlog import Logged
from libs.views.projector import Projector
from libs.views.table import APPENDED, EVER, FIRST_SAID, LATEST, LATEST_SAID, Column, Table
from libs.views.view import StandsAt, View

__all__ = [
    "APPENDED",
    "EVER",
    "FIRST_SAID",
    "LATEST",
    "LATEST_SAID",
    "Column",
    "Connection",
    "Logged",
    "Pool",
    "Projector",
    "StandsAt",
    "Table",
    "View",
]
