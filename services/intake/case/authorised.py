"""授权: whether who asks for an act may do it, on this item, at this node, on this day (P-authorisation, `contracts/authority.toml`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from libs.authority import may
from services.intake.case.act import Asked
from services.intake.case.days import day_of
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case

_INNER: Final = re.compile(r"(?<!^)(?=[A-Z])")


def act_name(command: type[Any]) -> str:
    """What a command is called where it says who may do what: `FinishStep` is `intake.finish-step`."""
    return f"intake.{_INNER.sub('-', command.__name__).lower()}"


def why_not(case: Case, c: Asked, act: str) -> str | None:
    """The sentence why the grants that the command carries do not let its officer do the act; None: they do."""
    item = case.pinned.item if case.pinned else ""
    return may(c.grants, act, item, c.case.partition("-")[0], day_of(c.at))


def must_be_authorised(case: Case, c: Asked, act: str) -> None:
    """Raises `Refused` where the officer was not given the act; "" is none, and anybody's."""
    if act and (because := why_not(case, c, act)) is not None:
        raise refused("not-authorised", because=because)
