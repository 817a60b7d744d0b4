"""Who may do what is said once: every route declares its act, every act has a route, and every act has a post."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from libs.authority import ACTS, Post
from libs.contracts import roster
from libs.testkit.unserved import application
from libs.web import Accounts
from libs.web.signin import Require
from tests.contracts.test_bodies import OPEN

OWN = {"/", "/account"}
"""What everybody who has signed in opens: where they begin, and what they do about themselves."""


def required(dependant: Dependant) -> Iterator[Require]:
    """What a route and everything it depends on asks of whoever asks."""
    if isinstance(dependant.call, Require):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from required(inner)


def acts(app: FastAPI) -> dict[str, set[str]]:
    """The acts that each route asks for, by its methods and path."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    return {f"{'/'.join(sorted(route.methods or ()))} {route.path}": {one.act for one in required(route.dependant)} for route in routes}


async def of_every_site() -> dict[str, set[str]]:
    """The routes of a site, and those that only the city has."""
    found: dict[str, set[str]] = {}
    for at in ("site", "city"):
        async with application(Accounts(), at) as app:
            found |= acts(app)
    assert len(found) > 50
    return found


async def test_every_route_declares_one_act_but_what_is_open_to_everybody() -> None:
    found = await of_every_site()
    assert {route.partition(" ")[2] for route, asked in found.items() if not asked} == OPEN | OWN
    assert {route: asked for route, asked in found.items() if len(asked) > 1} == {}


async def test_whoever_asks_about_a_place_names_it_as_places_are_named() -> None:
    """At what is no place nobody is refused by their grants: that it is none, its form says."""
    taken = set[str]()
    for at in ("site", "city"):
        async with application(Accounts(), at) as app:
            for route in (route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema):
                placed = [field for field in route.dependant.path_params if field.alias in {"node", "case", "clock", "subject"}]
                taken |= {route.path for field in placed if not field.validate("某", {}, loc=("path",))[1]}
    assert taken == set()


async def test_every_act_has_a_route() -> None:
    declared = {act for asked in (await of_every_site()).values() for act in asked}
    assert {name for name, row in ACTS.items() if not row.within} - declared == set()
    assert {name for row in ACTS.values() for name in row.within} - declared == set()


async def test_an_act_within_others_has_no_route_and_no_post_that_these_have_not() -> None:
    declared = {act for asked in (await of_every_site()).values() for act in asked}
    inner = [row for row in ACTS.values() if row.within]
    assert [row.name for row in inner if row.name in declared or row.reads] == []
    assert [row.name for row in inner for name in row.within if not set(row.posts) <= set(ACTS[name].posts)] == []
    assert {name: set(ACTS[name].posts) for row in inner for name in row.within} == {
        name: {post for row in inner if name in row.within for post in row.posts} for row in inner for name in row.within
    }


async def test_what_only_reads_is_asked_by_get_and_what_does_something_by_post() -> None:
    found = await of_every_site()
    wrong = {route for route, asked in found.items() for act in asked if ACTS[act].reads != route.startswith("GET ")}
    assert wrong == set()


def test_every_act_is_somebodys_and_every_post_has_something_to_do() -> None:
    assert [row.name for row in ACTS.values() if not row.posts] == []
    assert {post for row in ACTS.values() for post in row.posts} == set(Post)
    assert [row.name for row in ACTS.values() if len(set(row.posts)) != len(row.posts)] == []


def test_an_act_is_named_by_its_service() -> None:
    assert {name.partition(".")[0] for name in ACTS} <= {row.name for row in roster()} | {"site"}
