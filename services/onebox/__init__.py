"""Several sites and their servers on one machine: what `liandong up` runs, and what tests and measurements of the whole use.

It knows the services by the roster and by HTTP only, and starts each site as a process of its own, by command.
"""

from services.onebox.box import OneBox, default_folder, throw_away
from services.onebox.cases import work
from services.onebox.door import Door, said, send
from services.onebox.folder import FORMAT, BoxError
from services.onebox.held import PartStands, holder
from services.onebox.items import publish
from services.onebox.log_cases import ReadLog, read_log
from services.onebox.log_lines import NotALog
from services.onebox.log_map import LogMap, NotAMap, read_map, shipped
from services.onebox.replay import advance, run_import, settle
from services.onebox.seeding import seed
from services.onebox.sites import SiteOfBox
from services.onebox.staff import STAFF, grants_of
from services.onebox.summary import show, summarise
from services.onebox.watch import Patience

__all__ = [
    "FORMAT",
    "STAFF",
    "BoxError",
    "Door",
    "LogMap",
    "NotALog",
    "NotAMap",
    "OneBox",
    "PartStands",
    "Patience",
    "ReadLog",
    "SiteOfBox",
    "advance",
    "default_folder",
    "grants_of",
    "holder",
    "publish",
    "read_log",
    "read_map",
    "run_import",
    "said",
    "seed",
    "send",
    "settle",
    "shipped",
    "show",
    "summarise",
    "throw_away",
    "work",
]
