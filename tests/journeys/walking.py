"""A walk through a site: what may be asked there, found from the application's own routes, by everybody who has an account on the box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any, Final, NamedTuple

import httpx2
from fastapi.routing import APIRoute

from libs.authority import ACTS, Post, covers
from libs.testkit.papers import PDF_FILE
from libs.testkit.unserved import application
from libs.web import Accounts
from services.onebox import Door, SiteOfBox
from services.onebox.staff import STAFF
from tests.repository.test_authority import required

CITY, COUNTY, TOWN, OTHER, DISTRICT = "511500", "511525", "511525100", "511525101", "511502"
"""`TOWN` is the township whose station has people of its own; `OTHER` is another one of the county, `DISTRICT` another node of the city's site."""
PLACES: Final[Mapping[str, Sequence[str]]] = {CITY: (CITY, DISTRICT), COUNTY: (COUNTY, TOWN, OTHER)}
"""Where something is asked about, by site."""
ENGLISH: Final = re.compile(r"[A-Za-z]{3,}")
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{4,}")
PURPOSES: Final = tuple(
    dict.fromkeys(next(act.name for act in ACTS.values() if not act.reads and post in act.posts) for post in ACTS["vault.open-data"].posts)
)
"""Acts for which data is opened: of each post that opens any, the first of its own."""
PLACED: Final = frozenset({"node", "case", "clock", "subject", "upload", "document"})
"""Parts of a path that are of one node."""
_ADDRESSES: Final = count(2)


class Walker(NamedTuple):
    """Somebody with an account: what they are called, their posts, and the one node at which they have them."""

    word: str
    staff: str
    posts: frozenset[Post]
    node: str

    def may(self, act: str, node: str) -> bool:
        """Whether `contracts/authority.toml` lets their posts do the act, and the node is theirs; "": nowhere in particular."""
        return bool(self.posts.intersection(ACTS[act].posts)) and (not node or covers(self.node, node))


def walkers(site: SiteOfBox) -> list[Walker]:
    """Everybody who signs in at a site of the box."""
    stations = [node["code"] for node in site.nodes if len(node["code"]) > len(site.code)] or [site.code]
    people = [one for one in STAFF if one.word in site.passwords]
    assert {post for one in people for post in one.posts} == set(Post) - {Post.SITE}, "somebody of every post"
    return [Walker(one.word, one.staff, frozenset(one.posts), stations[0] if one.station else site.code) for one in people]


@contextmanager
def signed_in(site: SiteOfBox, who: Walker, to: str = "/account") -> Iterator[httpx2.Client]:
    """A client that has signed in by password on the sign-in page, from an address of its own: many from one address would have to wait."""
    transport = httpx2.HTTPTransport(local_address=f"127.0.1.{next(_ADDRESSES)}")
    with httpx2.Client(base_url=site.address, transport=transport, timeout=60) as client:
        page = client.get("/sign-in", headers={"Accept": "text/html"})
        assert who.staff in page.text, "the box lists who can sign in"
        form = {"staff": who.staff, "password": site.passwords[who.word], "next": to}
        done = client.post("/sign-in", data=form)
        assert (done.status_code, done.headers["location"]) == (303, to), done.text
        yield client


class Ask(NamedTuple):
    """A question to a site: its address, the act it asks for (None: it is for everybody, or about oneself), the node that it is about, and
    where somebody's data is opened, the act for which it is.
    """

    route: str
    address: str
    act: str | None
    node: str
    page: bool
    purpose: str = ""

    def open_to(self, who: Walker) -> bool:
        """Whether they are answered."""
        return all(who.may(act, self.node) for act in (self.act, self.purpose) if act)


@dataclass(frozen=True)
class There:
    """What stands at a node of a site, by the names that addresses have for it."""

    node: str
    case: str
    subject: str
    upload: str
    document: str
    items: Sequence[str]

    def part(self, name: str) -> str | None:
        """What stands there by this name of a part of a path; None: nothing does."""
        parts = {
            "node": self.node,
            "case": self.case,
            "clock": f"clock:{self.case}:statutory",
            "subject": self.subject,
            "upload": self.upload,
            "document": self.document,
            "offset": "0",
            "service": "intake",
            "epoch": "1",
            "timeline": "walk",
            "item": self.items[0] if self.items else None,
        }
        return parts[name]

    def word(self, name: str) -> str:
        """What the word of a query says that has to be said."""
        words = {
            "act": PURPOSES[0],
            "log": "walk",
            "until": "2030-01-01T00:00:00Z",
            "source": f"urn:liandong:{self.node}:intake",
            "sequence": "1",
        }
        return words[name]


async def routes_of(site: SiteOfBox) -> list[APIRoute]:
    """Every route of the site by which something is read."""
    async with application(Accounts(), site.at) as app:
        found = [route for route in app.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]
    assert len(found) > 30, "the whole site"
    return found


def asks(site: SiteOfBox, route: APIRoute, there: There) -> Iterator[Ask]:
    """What can be asked at a route about what stands there."""
    names = re.findall(r"\{(\w+)", route.path)
    parts = {name: there.part(name) for name in names}
    if None in parts.values():
        return
    query = {field.alias: there.word(field.alias) for field in route.dependant.query_params if field.field_info.is_required()}
    path = re.sub(r"\{(\w+)[^}]*\}", lambda found: str(parts[found[1]]), route.path)
    needs = next(required(route.dependant), None)
    placed = bool(set(names) & PLACED) or "source" in query
    node = there.node if placed else "" if needs is None or needs.anywhere else site.code
    for purpose in PURPOSES if "act" in query else ("",):
        said = query | ({"act": purpose} if purpose else {})
        address = f"{path}?{httpx2.QueryParams(said)}" if said else path
        yield Ask(f"GET {route.path}", address, needs.act if needs else None, node, not route.include_in_schema, purpose)


def stand(site: SiteOfBox, work: str) -> list[There]:
    """Files a case, with clocks that run, and keeps a subject with a document at every place of the site, for this work."""
    with Door(site, work) as door:
        return [_stand(site, door, node) for node in PLACES[site.code]]


def _stand(site: SiteOfBox, door: Door, node: str) -> There:
    subject = door.post("clerk", f"/vault/nodes/{node}/subjects", f"{node}:subject", {"kind": "text", "text": "路灯不亮"})["subject"]
    form = {"item": "LD-511A-0001", "channel": "counter", "materials": ["申请书"]}
    case = door.file(node, f"{node}:file", form)["case"]
    done = door.post("clerk", f"/intake/cases/{case}/acceptance", f"{node}:accept")
    with site.client() as client:
        shown = client.get(f"/intake/cases/{case}", params={"sequence": done["position"]["sequence"]})
        assert shown.json()["accepted_at"], "what is asked about is there"
    upload, document = _sent(site, door, node, subject)
    return There(node, case, subject, upload, document, ["LD-511A-0001"] if node == site.code else [])


def _sent(site: SiteOfBox, door: Door, node: str, subject: str) -> tuple[str, str]:
    """An upload, and the document that came by it."""
    data = PDF_FILE
    form = {"name": "证明.pdf", "type": "application/pdf", "size": len(data)}
    upload = str(door.post("clerk", f"/vault/subjects/{subject}/uploads", f"{node}:upload", form)["upload"])
    with site.client("clerk") as client:
        client.put(
            f"/vault/uploads/{upload}/pieces/0", content=data, headers={"Content-Type": "application/octet-stream"}
        ).raise_for_status()
        kept = client.post(f"/vault/uploads/{upload}/finish", json={"sha256": sha256(data).hexdigest()})
        kept.raise_for_status()
    return upload, str(kept.json()["document"])


def in_one_sentence(answer: httpx2.Response) -> list[str]:
    """What is wrong with a refusal: it is 403 or 404, Chinese, short, and says nothing of the inside."""
    if answer.headers["content-type"].startswith("text/html"):
        main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
        said = re.sub(r"<[^>]+>", " ", main[0] if main else "")
    else:
        problem: dict[str, Any] = answer.json()
        said = f"{problem['title']} {problem.get('detail', '')}"
    faults = [] if answer.status_code in (403, 404) else [f"answered {answer.status_code}"]
    faults += [] if CHINESE.search(said) else ["no Chinese sentence"]
    faults += [f"English: {found[0]}" for found in ENGLISH.finditer(said)]
    return faults + ([] if len(said.split()) < 40 and len(said) < 600 else [f"{len(said)} characters"])
