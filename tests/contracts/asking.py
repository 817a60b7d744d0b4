"""Everything a site offers, asked by everybody who works there: requests made from its description, half of them about what really stands there."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, Final
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, CheckFunction, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.meta import FuzzingPhaseData
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from libs.testkit.papers import PDF_FILE
from services.onebox import SiteOfBox

CHECKS: Final = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
"""No fault, nothing undeclared, in kind and shape as declared."""
AT_ONCE: Final = {"timeout": "0.05", "sequence": "0"}
"""So that nothing is waited for that never comes."""

KEY: Final = "Idempotency-Key"
WHO: Final = "Authorization"
Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]
GENERATING: Final = settings(
    derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
Known = Mapping[str, Sequence[Any]]
"""What really stands at a site, by the names that parameters and fields have."""


class Asking:
    """Asks the routes of one site, under the token of each of its staff; the same requests in every run."""

    def __init__(self, site: SiteOfBox, known: Known, *, examples: int) -> None:
        self.site, self.known, self.examples = site, known, examples
        self.answers: dict[str, Counter[int]] = {}
        """How many requests were answered with each status, by route."""
        self.faults: list[str] = []
        self._open_to: dict[str, set[str]] = {}
        self._keys, self._session = count(), requests.Session()

    def operations(self) -> Iterator[Operation]:
        """Every route that the site describes."""
        for found in schemathesis.openapi.from_url(f"{self.site.address}/openapi.json").get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def ask(self, operation: Operation, mode: GenerationMode) -> None:
        """Asks one route so many times: by everybody about something that is there, and in turn, by those to whom it is open, about something
        made up. What is wrong with an answer is kept.
        """
        if mode is GenerationMode.NEGATIVE and not operation.body and {one.name for one in operation.iter_parameters()} <= {WHO}:
            return

        turn, examples = count(), self.examples if mode is GenerationMode.POSITIVE else self.examples // 2

        @settings(GENERATING, max_examples=examples)
        @given(case=operation.as_strategy(generation_mode=mode), nth=st.integers(0, 999))
        def some(case: AnyCase, nth: int) -> None:
            those = self._open_to.get(operation.label, {"operator"})
            case.query |= {name: value for name, value in AT_ONCE.items() if sound(case, name, mode)}
            if mode is GenerationMode.NEGATIVE:
                self._asked_by(sorted(those)[:2], case, [*CHECKS, negative_data_rejection])
                return
            if real := next(turn) % 2 == 0:
                self._about_what_is_there(case, nth)
            self._asked_by(self.site.tokens if real else those, case, CHECKS)

        some()

    def _asked_by(self, people: Iterable[str], case: AnyCase, checks: list[CheckFunction]) -> None:
        said = case.headers.pop(WHO, "")
        for who in sorted(people):
            headers = {WHO: said if refused_for(case) == WHO else f"Bearer {self.site.tokens[who]}"}
            if checks is CHECKS and KEY in case.headers:
                headers[KEY] = f"asked:{self.site.code}:{next(self._keys)}"
            self._send(case, who, headers, checks)

    def _send(self, case: AnyCase, who: str, headers: dict[str, str], checks: list[CheckFunction]) -> None:
        route = case.operation.label
        answer = case.call(self.site.address, self._session, headers)
        self.answers.setdefault(route, Counter())[answer.status_code] += 1
        if answer.status_code not in (401, 403):
            self._open_to.setdefault(route, set()).add(who)
        try:
            case.validate_response(answer, checks=checks, headers=headers)
        except FailureGroup as no:
            self.faults += [f"{route} by {who}: {fault.title}\n{fault.message}\n{case.as_curl_command()}" for fault in no.exceptions]

    def _about_what_is_there(self, case: AnyCase, nth: int) -> None:
        for name in case.path_parameters:
            case.path_parameters[name] = self._one(name, nth, case.path_parameters[name])
        for name in case.query:
            case.query[name] = self._one(name, nth, case.query[name])
        if isinstance(case.body, dict):
            case.body = self._filled(case.body, nth)
        if isinstance(case.body, str):
            case.body = self._one("file", nth, case.body)

    def _filled(self, body: dict[str, Any], nth: int) -> dict[str, Any]:
        """The form, with what is there in the fields that name it."""
        found = {name: self._one(name, nth, value) if name in FIELDS else value for name, value in body.items()}
        if found.get("heard"):
            found["heard"] = [{"source": self._one("source", nth, one["source"]), "sequence": 1} for one in found["heard"]]
        return found

    def _one(self, name: str, nth: int, otherwise: Any) -> Any:
        values = self.known.get(name)
        return values[nth % len(values)] if values else otherwise


FIELDS: Final = frozenset({"item", "numbers", "sha256"})
"""Fields of forms that name what is there."""


def sound(case: AnyCase, name: str, mode: GenerationMode) -> bool:
    """Whether the address says `name`, and rightly. Where several parameters are wrong on purpose none of them is named, and each may be the one."""
    wrong = refused_for(case)
    return isinstance(case.query.get(name), int | float) and (mode is GenerationMode.POSITIVE or wrong not in (None, name))


def refused_for(case: AnyCase) -> str | None:
    """The parameter that was made wrong on purpose."""
    return case.meta.phase.data.parameter if case.meta is not None and isinstance(case.meta.phase.data, FuzzingPhaseData) else None


def standing(site: SiteOfBox, node: str, log: str) -> dict[str, Sequence[Any]]:
    """What really stands at a site: cases, clocks, items, feeds, parked records."""
    with site.client() as client:
        parked = [row["number"] for row in client.get("/site/parked").json()]
        cases = [row["case"] for row in client.get(f"/intake/nodes/{node}/cases", params={"limit": 40}).json()["cases"]]
        clocks = [clock["clock"] for case in cases[:20] for clock in client.get(f"/deadline/cases/{case}/clocks").json()]
        items = [row["item"] for row in client.get(f"/catalogue/nodes/{node}/items").json()["items"]]
        services = list(client.get("/site/status").json()["services"])
    return {
        "node": [node],
        "sequence": [1],
        "case": cases,
        "clock": [quote(clock, safe=":") for clock in clocks],
        "item": items,
        "service": services,
        "epoch": [1],
        "timeline": [log],
        "log": [log],
        "source": [f"urn:liandong:{node}:intake"],
        **confided(site, node),
        "numbers": [parked[:1]] if parked else [],
        "file": [f"full_item_code,name,task_type_code,department\n{items[0]},取水许可,01,高县水利局\n".encode()],
    }


PERSON: Final = {"kind": "person", "name": "李秀英", "resident_id": "511525198003070023"}
PAPER: Final = {"name": "证明.pdf", "type": "application/pdf", "size": len(PDF_FILE)}


def confided(site: SiteOfBox, node: str) -> dict[str, Sequence[Any]]:
    """What stands in the site's vault: subjects, a document of each, and an upload that is under way."""
    found: dict[str, list[str]] = {"subject": [], "upload": [], "document": []}
    with site.client("clerk") as client:

        def sent(path: str, form: Mapping[str, object]) -> dict[str, str]:
            answer = client.post(path, json=form, headers={KEY: str(uuid.uuid4())}).raise_for_status()
            said: dict[str, str] = answer.json()
            return said

        for _ in range(3):
            subject = sent(f"/vault/nodes/{node}/subjects", PERSON)["subject"]
            whole, part = (sent(f"/vault/subjects/{subject}/uploads", PAPER)["upload"] for _ in range(2))
            octets = {"Content-Type": "application/octet-stream"}
            client.put(f"/vault/uploads/{whole}/pieces/0", content=PDF_FILE, headers=octets).raise_for_status()
            end = client.post(f"/vault/uploads/{whole}/finish", json={"sha256": sha256(PDF_FILE).hexdigest()}).raise_for_status()
            found["subject"].append(subject)
            found["upload"] += [whole, part]
            found["document"].append(end.json()["document"])
    return {**found, "offset": [0], "act": ["intake.accept"], "sha256": [sha256(PDF_FILE).hexdigest()]}
