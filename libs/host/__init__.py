"""The frame around services: what one is built from, and a whole site of them running in one process.

Read `context` first (what goes in and what comes out), then `running` (a site's services), `serving` (their HTTP), `process`, `operate`.
"""

from libs.host.context import Around, Build, Context, Granted, NeedsTheOperator, Node, Service, Site
from libs.host.loops import Loops
from libs.host.process import SITE_STOP_SECONDS, keep_what_is_there, run_process, run_site
from libs.host.running import SiteHost, imported
from libs.host.serving import PROBLEMS, site_app

__all__ = [
    "PROBLEMS",
    "SITE_STOP_SECONDS",
    "Around",
    "Build",
    "Context",
    "Granted",
    "Loops",
    "NeedsTheOperator",
    "Node",
    "Service",
    "Site",
    "SiteHost",
    "imported",
    "keep_what_is_there",
    "run_process",
    "run_site",
    "site_app",
]
