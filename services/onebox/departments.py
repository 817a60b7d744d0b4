"""Who decides on the items of a new box, and where a refusal is contested: `departments.toml`, as a procedure says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import RootModel

from libs.forms import Form, NodeCode, Title, Word, toml_form


class Departments(Form):
    """The departments of a site by name, with their codes, and who hears what is contested."""

    place: Title
    reconsider_at: Title
    sue_at: Title
    departments: dict[Title, Word]


_SITES: Final = toml_form(RootModel[dict[NodeCode, Departments]], Path(__file__).parent / "departments.toml").root
DEPARTMENTS: Final = frozenset.intersection(*(frozenset(site.departments) for site in _SITES.values()))
"""The departments that every site has."""
_BASIS: Final = "行政复议法第二十条，行政诉讼法第四十六条"


def agency(site: str, department: str) -> dict[str, str]:
    """A department of a site: its code, and its name with the place it is of."""
    return {"uscc": _SITES[site].departments[department], "name": _SITES[site].place + department}


def remedies(site: str) -> dict[str, Any]:
    """Where and until when a refusal by a department of a site is contested."""
    said = _SITES[site]
    return {"reconsider_at": said.reconsider_at, "reconsider_days": 60, "sue_at": said.sue_at, "sue_months": 6, "basis": _BASIS}
