"""What a route takes, found by looking at it: the words of its address, the kind of its body, who may ask. Reading and declaring both follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fastapi.dependencies.models import Dependant
from fastapi.params import Body
from fastapi.params import Form as FormField
from fastapi.routing import APIRoute

from libs.web.signin import READS, FromHere, Require

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Takes:
    """What a route takes. `accepts` is the media type of its body, empty for one without; `fields` are those of a page's form."""

    reads: bool
    place: bool
    words: frozenset[str]
    headers: frozenset[str]
    accepts: str
    fields: frozenset[str]
    who: tuple[Require | FromHere, ...]
    page: bool
    """People open it, and follow links that others have made."""

    @property
    def keyed(self) -> bool:
        """A command, under an idempotency key."""
        return "idempotency-key" in self.headers

    @property
    def conditional(self) -> bool:
        """What it acts on has versions."""
        return "if-match" in self.headers


def takes(route: APIRoute) -> Takes:
    """What `route` takes."""
    parts = list(_flat(route.dependant))
    body = route.body_field.field_info if route.body_field else None
    form, page = isinstance(body, FormField), not route.include_in_schema
    return Takes(
        reads=bool(READS.intersection(route.methods or ())),
        place=any(part.path_params for part in parts),
        words=frozenset(field.alias for part in parts for field in part.query_params),
        headers=frozenset(field.alias.lower() for part in parts for field in part.header_params),
        accepts=FORM if form or (body is None and page) else str(body.media_type) if isinstance(body, Body) else "",
        fields=frozenset(field.alias for part in parts for field in part.body_params) if form else frozenset(),
        who=tuple(dict.fromkeys(part.call for part in parts if isinstance(part.call, Require | FromHere))),
        page=page,
    )


def _flat(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _flat(inner)
