"""What a route takes, found by looking at it: the words of its address, the kind of its body, who may ask. Reading and declaring both follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from fastapi.dependencies.models import Dependant
from fastapi.params import Body
from fastapi.params import Form as FormField
from fastapi.routing import APIRoute

from libs.web.acting import WORD, Acting
from libs.web.bodies import MaxBody
from libs.web.front import Limited
from libs.web.signin import READS, FromHere, Require, SignedIn

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Takes:
    """What a route takes. `numbers` are those words and parts of its address that are numbers, whole or not; `accepts` is the media
    type of its body, empty for one without; `fields` are those of a page's form.
    """

    reads: bool
    place: bool
    words: frozenset[str]
    numbers: Mapping[str, type[int | float]]
    headers: frozenset[str]
    accepts: str
    fields: frozenset[str]
    who: tuple[Require | SignedIn | FromHere, ...]
    page: bool
    """People open it, and follow links that others have made."""
    max_body: int = 0
    """Bytes of its body; 0: it does not say how many."""
    limited: bool = False
    """Whoever asks too often waits."""

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
    who = tuple(dict.fromkeys(part.call for part in parts if isinstance(part.call, Require | SignedIn | FromHere)))
    said = frozenset({WORD}) if any(isinstance(one, Acting) for one in who) else frozenset[str]()
    return Takes(
        reads=bool(READS.intersection(route.methods or ())),
        place=any(part.path_params for part in parts),
        words=frozenset(field.alias for part in parts for field in part.query_params),
        numbers=_numbers(field for part in parts for field in (*part.path_params, *part.query_params)),
        headers=frozenset(field.alias.lower() for part in parts for field in part.header_params),
        accepts=FORM if form or (body is None and page) else str(body.media_type) if isinstance(body, Body) else "",
        fields=said | frozenset(field.alias for part in parts for field in part.body_params) if form else said,
        who=who,
        page=page,
        limited=any(isinstance(part.call, Limited) for part in parts),
        max_body=max((part.call.most for part in parts if isinstance(part.call, MaxBody)), default=0),
    )


def _numbers(fields: Iterable[Any]) -> dict[str, type[int | float]]:
    """The fields of an address that are numbers, or may be."""
    kinds = {field.alias: {field.field_info.annotation, *get_args(field.field_info.annotation)} for field in fields}
    return {name: int if int in kind else float for name, kind in kinds.items() if kind & {int, float}}


def _flat(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _flat(inner)
