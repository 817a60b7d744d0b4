"""The view over intake's own log: cases and leased serials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from libs.eventlog import Codec
from libs.views import Connection, Logged, View
from services.intake.events import CaseFiled, NumbersLeased, NumbersVoided
from services.intake.views.applied import APPLIED, Applied, applications
from services.intake.views.cases import CASES, NODE_CASES, ListedCase, NodeCases
from services.intake.views.serials import LEASES, Lease

CASES_VIEW: Final = "cases"
"""The name of the view, for those who wait for it."""


def cases_view(codec: Codec) -> View:
    """The view whose events `codec` reads."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        rows: dict[str, ListedCase] = {}
        applied: list[Applied] = []
        for recorded in events:
            match codec.decode(recorded):
                case NumbersLeased(year=year, first=first, last=last, process=process):
                    await LEASES.add(connection, [Lease(recorded.node, year, first, last, process)])
                case NumbersVoided():
                    continue  # the claims of the log say what is voided (`ticker`)
                case event:
                    row = rows[event.case] = rows.get(event.case) or ListedCase(event.case)
                    row.fold(event, recorded.version)
                    applied.extend(applications(event) if isinstance(event, CaseFiled) else ())
        await CASES.save(connection, list(rows.values()))
        await APPLIED.add(connection, applied)
        filed = Counter(rows[recorded.subject].node for recorded in events if recorded.type == codec.name(CaseFiled))
        await NODE_CASES.save(connection, [NodeCases(node, filed[node]) for node in sorted(filed)])

    return View(CASES_VIEW, apply, codec.types, codec.types)
