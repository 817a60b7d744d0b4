"""Several sites and their servers on one machine: what `liandong up` runs, and what tests and measurements of the whole use.

It knows the services by the roster and by HTTP only, and starts each site as a process of its own, by command.
"""

from services.onebox.box import OneBox, default_folder, throw_away
from services.onebox.cases import work
from services.onebox.door import Door, send, why_no
from services.onebox.folder import FORMAT, BoxError
from services.onebox.items import publish
from services.onebox.receipt import NotALog, last_instant, read_log
from services.onebox.replay import advance, run_import, settle
from services.onebox.seeding import seed
from services.onebox.sites import STAFF, SiteOfBox
from services.onebox.summary import show, summarise

__all__ = [
    "FORMAT",
    "STAFF",
    "BoxError",
    "Door",
    "NotALog",
    "OneBox",
    "SiteOfBox",
    "advance",
    "default_folder",
    "last_instant",
    "publish",
    "read_log",
    "run_import",
    "seed",
    "send",
    "settle",
    "show",
    "summarise",
    "throw_away",
    "why_no",
    "work",
]
