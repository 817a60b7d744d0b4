"""Who takes part in stories: every service of the roster whose `app` has `tells`; a new one joins by that, with no line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from libs.contracts import roster
from libs.story.parts import Part, Scene


def playing(scene: Scene) -> tuple[Part, ...]:
    """The parts of the services that take part, in the order of the roster. Raises `libs.forms.Unreadable` for what is given of them."""
    apps = [vars(importlib.import_module(f"services.{row.name}.app")) for row in roster()]
    tellers = [cast(Callable[[Scene], Part], app["tells"]) for app in apps if "tells" in app]
    return tuple(tells(scene) for tells in tellers)
