"""The front door of a site, where everything that is said is spoiled: harmful text behind every free text, the same behind the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from services.onebox import Door, SiteOfBox
from tests.journeys.hostile import KEPT, Path, options, resolved, texts
from tests.journeys.walking import CITY, COUNTY, DISTRICT

PLACES: Final = {CITY: DISTRICT, COUNTY: "511525113"}
"""A node of each site whose items nobody else works with."""
_WORDS: Final = re.compile("[\u4e00-\u9fff]")
Where = tuple[str, Path]
"""The path of a command, and the place of a field in its body."""


class Sent(NamedTuple):
    """What was said and taken: where, in which words, and what was answered."""

    path: str
    body: Any
    answer: dict[str, Any]


def fits(schema: Mapping[str, Any], text: str) -> bool:
    """Whether a field takes this text, as far as its description says."""
    return len(text) <= schema["maxLength"] and re.search(schema.get("pattern", ""), text) is not None


def free(described: Mapping[str, Any]) -> set[Where]:
    """Every field of every command into which somebody writes what they like."""
    known = described["components"]["schemas"]
    said = "某" + KEPT["beyond"]
    return {
        (path, one.at)
        for path, methods in described["paths"].items()
        for one in texts(_form(methods), known)
        if "maxLength" in one.schema and "enum" not in one.schema and fits(one.schema, said)
    }


def _form(methods: Mapping[str, Any]) -> Mapping[str, Any]:
    form: Mapping[str, Any] = (
        methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    )
    return form


@dataclass
class Spoiler:
    """Puts harmful text behind every free text that is sent: the same behind the same, so that what has to agree still does."""

    described: Mapping[str, Any]
    told: dict[str, str] = field(default_factory=dict)
    spoiled: set[Where] = field(default_factory=set)
    """The fields into which it was put."""

    def spoil(self, path: str, body: Any) -> Any:
        """The body of a command, harmful wherever its form takes any text."""
        pattern, schema = next(self._forms(path))
        return self._spoiled(pattern, body, (), {one.at: one.schema for one in self._fields(schema, body)})

    def _forms(self, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for pattern, methods in self.described["paths"].items():
            if "post" in methods and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", pattern), path):
                yield pattern, _form(methods)

    def _fields(self, schema: Mapping[str, Any], body: Any) -> Iterator[Any]:
        """The fields of the form; where there are several, of the one whose kind the body says."""
        known = self.described["components"]["schemas"]
        for one in options(schema, known) if schema else ():
            kind = resolved(one.get("properties", {}).get("kind", {}), known).get("const")
            if kind in (None, body.get("kind")):
                yield from texts(one, known)

    def _spoiled(self, form: str, value: Any, at: Path, fields: Mapping[Path, Mapping[str, Any]]) -> Any:
        if isinstance(value, dict):
            return {name: self._spoiled(form, one, (*at, name), fields) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._spoiled(form, one, (*at, 0), fields) for one in value]
        if not isinstance(value, str) or not _WORDS.search(value) or "enum" in fields[at]:
            return value
        self.spoiled.add((form, at))
        return self.told.setdefault(value, value + self._harm(fields[at], value))

    def _harm(self, schema: Mapping[str, Any], value: str) -> str:
        fit = [text for text in KEPT.values() if fits(schema, value + text)]
        return fit[len(self.told) % len(fit)]


class SpoilingDoor(Door):
    """The front door, with everything that is said there spoiled, and what is said of the site's own node said of another."""

    def __init__(self, site: SiteOfBox, ahead: str) -> None:
        super().__init__(site, ahead)
        with site.client() as client:
            self.spoiler = Spoiler(client.get("/openapi.json").json())
        self.sent: list[Sent] = []

    @property
    def node(self) -> str:
        """The node of which everything is said."""
        return PLACES[self.site.code]

    def post(self, who: str, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        path = path.replace(f"/nodes/{self.site.code}/", f"/nodes/{self.node}/")
        said = self.spoiler.spoil(path, body) if body else body
        self.sent.append(Sent(path, said, super().post(who, path, key, said)))
        return self.sent[-1].answer
