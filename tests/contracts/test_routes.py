"""Every route of every service, by its own description: whatever it takes has bounds that PostgreSQL takes too, whatever it answers is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from libs.testkit.unserved import description
from libs.web.problems import SCHEMA

Operation = tuple[str, dict[str, Any]]
LARGEST: Final = 2**63 - 1
ENDLESS: Final = re.compile(r"(?<!\\)[*+]|\{\d+,\}")
"""A quantifier without an end, in a pattern."""
LOWEST, HIGHEST = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
CHINESE: Final = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
async def described() -> dict[str, Any]:
    return await description()


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def asked(operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything a route takes: names and schemas."""
    for parameter in operation.get("parameters", ()):
        yield f"{parameter['in']}.{parameter['name']}", parameter["schema"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield "body", content["schema"]


def unbounded(schema: dict[str, Any], at: str, known: Mapping[str, Any]) -> Iterator[str]:
    """What in a schema has no end that is said, by the names that lead there."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    for option in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from unbounded(option, at, known)
    if "enum" in schema or "const" in schema:
        return
    match schema.get("type"):
        case "integer" | "number":
            least, most = ([schema[name] for name in names if name in schema] for names in (LOWEST, HIGHEST))
            if not (least and most and -LARGEST <= least[0] <= most[0] <= LARGEST):
                yield f"{at}: a number without bounds of 64 bits"
        case "string":
            yield from _text(schema, at)
        case "array":
            if "maxItems" not in schema:
                yield f"{at}: a list without an end"
            yield from unbounded(schema["items"], f"{at}[]", known)
        case "object":
            if schema.get("additionalProperties") is not False:
                yield f"{at}: takes fields that nobody asks for"
            for name, field in schema.get("properties", {}).items():
                yield from unbounded(field, f"{at}.{name}", known)
        case "null" | "boolean":
            pass
        case other:
            if "anyOf" not in schema and "oneOf" not in schema:
                yield f"{at}: {other} says nothing"


def _text(schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if schema.get("format") in ("date", "date-time") or "contentMediaType" in schema:
        return
    pattern = schema.get("pattern", "")
    if "maxLength" not in schema and (not pattern or ENDLESS.search(pattern)):
        yield f"{at}: a text without an end"
    if not pattern or any(re.search(pattern, text) for text in ("\x00", "511525\x00", "\x00clock")):
        yield f"{at}: a text that may hold a NUL"


async def test_whatever_a_route_takes_has_bounds(described: dict[str, Any]) -> None:
    known = described["components"]["schemas"]
    found = [
        f"{name} {fault}"
        for name, operation in operations(described)
        for at, schema in asked(operation)
        for fault in unbounded(schema, at, known)
    ]
    assert found == []


def undeclared(operation: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with how a route says that it may answer."""
    for status, answer in operation["responses"].items():
        if not status.isdigit():
            yield f"{status} is no status"
        elif int(status) >= 400 and "application/problem+json" in answer["content"]:
            if answer["content"]["application/problem+json"]["schema"] != SCHEMA:
                yield f"{status} is no problem"
        elif answer["content"].get("application/json", {"schema": "of another kind"})["schema"] in ({}, True):
            yield f"{status} says nothing of what it holds"
        if not CHINESE.search(answer["description"]):
            yield f"{status} is not described in Chinese: {answer['description']}"


async def test_every_answer_is_declared_one_by_one_and_described(described: dict[str, Any]) -> None:
    assert [f"{name}: {fault}" for name, operation in operations(described) for fault in undeclared(operation)] == []


NOBODY: Final = {"422", "500"}
"""What the route of nobody in particular may answer beside its success."""


@pytest.mark.parametrize(
    ("route", "answers"),
    [
        ("GET /health/live", {"200", *NOBODY}),
        ("GET /hub/city", {"200", "401", "403", "503", *NOBODY}),
        ("GET /intake/cases/{case}", {"200", "401", "403", "404", "503", *NOBODY}),
        ("POST /intake/nodes/{node}/cases", {"201", "400", "401", "403", "404", "409", "412", "413", "415", "503", *NOBODY}),
        ("POST /intake/cases/{case}/close", {"200", "400", "401", "403", "404", "409", "412", "413", "415", "503", *NOBODY}),
        ("POST /site/parked/{service}/retry", {"200", "400", "401", "403", "404", "412", "413", "415", "503", *NOBODY}),
        ("POST /catalogue/nodes/{node}/imports", {"200", "400", "401", "403", "404", "409", "412", "413", "415", "503", *NOBODY}),
    ],
)
async def test_the_answers_of_a_route_follow_from_what_it_is(described: dict[str, Any], route: str, answers: set[str]) -> None:
    method, _, path = route.partition(" ")
    assert set(described["paths"][path][method.lower()]["responses"]) == answers


# --- the walk bites -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "because"),
    [
        ({"type": "integer", "minimum": 0}, "a number without bounds of 64 bits"),
        ({"type": "integer", "minimum": 0, "maximum": 2**63}, "a number without bounds of 64 bits"),
        ({"type": "string", "maxLength": 5}, "a text that may hold a NUL"),
        ({"type": "string", "pattern": "^a+$"}, "a text without an end"),
        ({"type": "string", "maxLength": 3, "pattern": "^.*$"}, "a text that may hold a NUL"),
        ({"type": "array", "items": {"type": "null"}}, "a list without an end"),
        ({"type": "object"}, "takes fields that nobody asks for"),
        ({}, "None says nothing"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "a number without bounds of 64 bits"),
    ],
)
def test_a_schema_without_bounds_is_named(schema: dict[str, Any], because: str) -> None:
    assert [fault.partition(": ")[2] for fault in unbounded(schema, "x", {})][-1] == because


def test_an_answer_that_says_nothing_is_named() -> None:
    responses = {
        "200": {"description": "好", "content": {"application/json": {"schema": {}}}},
        "4XX": {"description": "不行", "content": {"application/problem+json": {"schema": SCHEMA}}},
        "422": {"description": "Validation Error", "content": {"application/problem+json": {"schema": {}}}},
    }
    assert [fault.partition(" ")[0] for fault in undeclared({"responses": responses})] == ["200", "4XX", "422", "422"]
