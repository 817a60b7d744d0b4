"""撤回, 办结 over HTTP."""

from __future__ import annotations

from typing import Final

from services.intake.case.ending import Close, Withdraw
from services.intake.http.acts import Route, Routes

ROUTES: Final[Routes] = {"withdrawal": Route(Withdraw), "close": Route(Close)}
