"""What intake shows: a row per case from its own log, leased serials, and the procedures heard from the catalogue."""

from services.intake.views.applied import applied
from services.intake.views.cases import LONGEST, UNSHOWN, ListedCase, Now, case_page, case_row, counts, replayed
from services.intake.views.log import CASES_VIEW, cases_view
from services.intake.views.procedures import learn, versions
from services.intake.views.serials import Lease, OpenLease, accounted_for, open_leases

__all__ = [
    "CASES_VIEW",
    "LONGEST",
    "Lease",
    "ListedCase",
    "Now",
    "OpenLease",
    "UNSHOWN",
    "accounted_for",
    "applied",
    "case_page",
    "case_row",
    "cases_view",
    "counts",
    "learn",
    "open_leases",
    "replayed",
    "versions",
]
