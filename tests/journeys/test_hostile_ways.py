"""Harmful text on the ways that are no form: in headers, cookies, names of fields, pieces and names of documents, lists of items and the command
that sends them, addresses of what is deleted or only asked about. Kept whole, or refused in a sentence with nothing done.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from unicodedata import category
from urllib.parse import quote, unquote
from uuid import uuid4

import httpx2
import pytest

from libs.paper.cells import unwrapped
from libs.testkit.papers import PDF_FILE
from libs.vault.documents import given_name
from libs.wire import Recorded, decode_page
from services.onebox import Door, OneBox, publish
from services.onebox.sites import SiteOfBox
from tests.journeys.half_done import Counted, more
from tests.journeys.hostile import TEXTS, sample
from tests.journeys.test_hostile_fields import filled, refused, routes, somebody
from tests.journeys.walking import COUNTY, There, stand
from tests.repository.test_authority import required

pytestmark = pytest.mark.server
OCTETS: Final = {"Content-Type": "application/octet-stream"}
COLUMNS: Final = ("department", "name", "task_type_code", "base_code", "area_code", "agency_code", "full_item_code")
ROW: Final = ("某局", "某事项", "1", "B1", "511525000000", "", "511W-{n}")
WRITTEN: Final = {"html", "entity", "bidi", "emoji", "beyond", "rtl", "formula", "lines", "braces", "sql", "path", "mongolian"}
"""What a citizen may write, if they like."""


@pytest.fixture(scope="module")
def site(box: OneBox) -> SiteOfBox:
    return box.site(COUNTY)


@pytest.fixture(scope="module")
def there(site: SiteOfBox) -> There:
    """What stands at a node of the site about which nobody else asks."""
    with Door(site, "walk") as door:
        publish(door, site.code)
    return stand(site, "ways")[-1]


@pytest.fixture
def clerk(site: SiteOfBox) -> Iterator[httpx2.Client]:
    with site.client("clerk") as client:
        yield client


@pytest.fixture
async def counted(box: OneBox, site: SiteOfBox) -> AsyncIterator[Counted]:
    found = await Counted.at(box, site)
    yield found
    await found.close()


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def headers_of(name: str, value: bytes, token: str) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json"), (name.encode(), value)]


SAID: Final = {
    name: said for name, text in TEXTS.items() if not re.search(rb"[\x00-\x1f\x7f]", said := bytes_of(text)) and len(said) < 10_000
}
"""What a header can hold at all."""


async def forms(site: SiteOfBox, client: httpx2.Client) -> list[tuple[str, str, Any]]:
    """Every command that takes a form: its path, the token of somebody who may do it, a form filled in."""
    described, found = client.get("/openapi.json").json(), list[tuple[str, str, Any]]()
    for path, route in (await routes(site, "POST")).items():
        content = described["paths"].get(path.replace(":path", ""), {}).get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" in content:
            token = somebody(site, next((one.act for one in required(route.dependant)), "catalogue.read-items"))
            found.append((path, token, sample(content["application/json"]["schema"], described["components"]["schemas"], ())))
    assert len(found) > 15
    return found


@pytest.mark.parametrize("header", ["Idempotency-Key", "If-Match"])
async def test_in_the_headers_of_every_command(site: SiteOfBox, there: There, counted: Counted, header: str) -> None:
    faults, asked = list[str](), 0
    with httpx2.Client(base_url=site.address, timeout=60) as client:
        for path, token, body in await forms(site, client):
            for name, said in SAID.items():
                headers, before = headers_of(header, said, token), await counted.now()
                headers += [(b"idempotency-key", f"ways:{uuid4()}".encode())] if header == "If-Match" else []
                answer = client.post(filled(path, there), content=json.dumps(body), headers=headers)
                asked += 1
                did = "" if answer.is_success else more(before, await counted.now())
                faults += [] if answer.is_success else [f"{path} {header} {name}: {fault}" for fault in refused(answer)]
                faults += [f"{path} {header} {name}: refused, and {did}"] if did else []
    assert faults == [], "\n".join(faults[:40])
    assert asked > 200


@pytest.mark.parametrize("header", ["Cookie", "Authorization", "Referer", "Accept-Language", "traceparent", "User-Agent", "Sec-Fetch-Site"])
async def test_in_headers_of_a_page(site: SiteOfBox, header: str) -> None:
    faults = list[str]()
    with httpx2.Client(base_url=site.address, timeout=60, headers={"Accept": "text/html"}) as client:
        for name, said in SAID.items():
            value = b"liandong-" + COUNTY.encode() + b"=" + said + b"; liandong-print=" + said if header == "Cookie" else said
            for path in ("/here", "/sign-in", "/account", "/choose?print=large"):
                answer = client.get(path, headers=[(header.encode(), value)])
                fine = answer.status_code == 200 or (answer.status_code == 303 and answer.headers["location"].startswith("/"))
                faults += [] if fine else [f"{path} {header} {name}: {fault}" for fault in refused(answer)]
                faults += [f"{path} {header} {name}: not escaped"] if "<script>alert" in answer.text else []
    assert faults == [], "\n".join(faults[:40])


async def test_as_the_name_of_a_field_of_every_command(site: SiteOfBox, there: There, counted: Counted) -> None:
    faults, before, asked = list[str](), await counted.now(), 0
    with httpx2.Client(base_url=site.address, timeout=60) as client:
        for path, token, body in await forms(site, client):
            for name, text in TEXTS.items():
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": f"ways:{uuid4()}"}
                answer = client.post(filled(path, there), content=json.dumps({**body, text: text}), headers=headers)
                asked += 1
                faults += [f"{path} {name}: {fault}" for fault in refused(answer)]
                faults += [f"{path} {name}: repeated"] if len(text) > 5 and text in answer.text else []
    assert faults == [], "\n".join(faults[:40])
    assert asked > 200
    assert more(before, await counted.now()) == ""


async def test_in_addresses_of_pieces_and_of_what_is_deleted_or_asked_about(there: There, clerk: httpx2.Client, counted: Counted) -> None:
    faults, before = list[str](), await counted.now()
    ways = ("HEAD {x}", "DELETE {x}", "PUT {x}/pieces/0", f"PUT {there.upload}/pieces/{{x}}", "POST {x}/finish", "PATCH {x}")
    for name, text in TEXTS.items():
        typed = quote(bytes_of(text[:10_000]), safe="")
        for method, way in (one.split(" ") for one in ways):
            answer = clerk.request(
                method, "/vault/uploads/" + way.replace("{x}", typed), content=b"x" if method == "PUT" else b"", headers=OCTETS
            )
            if method == "HEAD":
                faults += [] if 400 <= answer.status_code < 500 and answer.content == b"" else [f"{way} {name}: {answer.status_code}"]
            else:
                faults += [f"{method} {way} {name}: {fault}" for fault in refused(answer)]
    assert faults == [], "\n".join(faults[:40])
    assert more(before, await counted.now()) == ""


async def test_in_pieces_and_in_what_is_said_of_them(there: There, clerk: httpx2.Client, counted: Counted) -> None:
    upload = begun(clerk, there, "某.pdf", len(PDF_FILE))
    before, path = await counted.now(), f"/vault/uploads/{upload}/pieces"
    for start in ("-1", "1.0", "1e0", "00", "+0", "9" * 30, "0x0", "%20", "0?offset=1", "NaN"):
        assert refused(clerk.put(f"{path}/{start}", content=PDF_FILE, headers=OCTETS)) == []
    for headers in (
        {"Content-Type": "application/json"},
        {"Content-Type": "text/html; charset=utf-7"},
        {**OCTETS, "Content-Encoding": "gzip"},
        {**OCTETS, "Content-Type": "multipart/form-data; boundary=x"},
    ):
        assert refused(clerk.put(f"{path}/0", content=PDF_FILE, headers=headers)) == []
    for data in (PDF_FILE + b"x", PDF_FILE[:5], b""):
        assert refused(clerk.put(f"{path}/0", content=data, headers=OCTETS)) == []
    assert more(before, await counted.now()) == ""
    assert clerk.put(f"{path}/0", content=PDF_FILE, headers=OCTETS).json()["offset"] == len(PDF_FILE)


def begun(clerk: httpx2.Client, there: There, name: str, size: int) -> str:
    """An upload that has begun; what was answered instead, where it has not."""
    form, headers = (
        {"name": name, "type": "application/pdf", "size": size},
        {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"},
    )
    answer = clerk.post(f"/vault/subjects/{there.subject}/uploads", content=json.dumps(form), headers=headers)
    assert answer.is_success or refused(answer) == [], answer.text
    return str(answer.json().get("upload", ""))


async def test_as_the_name_of_a_file(site: SiteOfBox, there: There, clerk: httpx2.Client, counted: Counted) -> None:
    taken = set[str]()
    for name, text in TEXTS.items():
        before = await counted.now()
        if not (upload := begun(clerk, there, f"{text}.pdf", len(PDF_FILE))):
            assert more(before, await counted.now()) == "", name
            continue
        taken.add(name)
        clerk.put(f"/vault/uploads/{upload}/pieces/0", content=PDF_FILE, headers=OCTETS).raise_for_status()
        done = clerk.post(f"/vault/uploads/{upload}/finish", json={"sha256": sha256(PDF_FILE).hexdigest()}).raise_for_status().json()
        with site.client("examiner") as examiner:
            answer = examiner.get(f"/vault/documents/{done['document']}", params={"act": "intake.finish-step"})
        assert (answer.status_code, answer.content) == (200, PDF_FILE), name
        said = unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2], errors="strict")
        assert said == given_name(f"{text}.pdf", "application/pdf")
        assert said.endswith(".pdf")
        assert not any(sign in '/\\"<>' or category(sign) in ("Cc", "Cf", "Cs") for sign in said), name
    assert taken == {"html", "entity", "bidi", "emoji", "beyond", "rtl", "formula", "braces", "sql", "path", "mongolian"}


def test_in_what_a_citizen_writes(site: SiteOfBox, there: There, clerk: httpx2.Client) -> None:
    taken = set[str]()
    for name, text in {**TEXTS, "most": "字" * 10_000, "more": "字" * 10_001}.items():
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        form = json.dumps({"kind": "text", "text": text})
        answer = clerk.post(f"/vault/nodes/{there.node}/subjects", content=form, headers=headers)
        if not answer.is_success:
            assert refused(answer) == [], name
            continue
        with site.client("examiner") as examiner:
            path, asked = f"/vault/subjects/{answer.json()['subject']}", {"act": "intake.finish-step"}
            assert examiner.get(path, params=asked).json()["fields"] == {"text": text}, name
        taken.add(name)
    assert taken == WRITTEN | {"most"}


# --- lists of items ---------------------------------------------------------------------------------------------------------------------


def lists() -> Iterator[tuple[str, str, str, bytes]]:
    """Lists with a harmful text in each of their columns: its name, the column, the text, the file."""
    for n, (name, text) in enumerate(TEXTS.items()):
        for column, _ in enumerate(COLUMNS):
            row = [cell.format(n=f"{n}-{column}") for cell in ROW]
            row[column] = text if COLUMNS[column] != "full_item_code" else text + row[column]
            out = io.StringIO()
            csv.writer(out).writerows([COLUMNS, row])
            yield name, COLUMNS[column], row[column], out.getvalue().encode("utf-8", "surrogatepass")


async def test_in_every_column_of_a_list_of_items(site: SiteOfBox, counted: Counted) -> None:
    landed, faults, path = 0, list[str](), f"/catalogue/nodes/{COUNTY}"
    with site.client("editor") as editor:
        for name, column, text, data in lists():
            before = await counted.now()
            answer = editor.post(f"{path}/imports", params={"name": "清单.csv"}, content=data, headers=OCTETS)
            if not answer.is_success:
                faults += [f"{name} {column}: {fault}" for fault in refused(answer)]
                faults += [f"{name} {column}: {did}" for did in [more(before, await counted.now())] if did]
                continue
            found: dict[str, Any] = answer.json()
            landed += found["landed"]
            if column == "name" and found["landed"]:
                code = next(csv.DictReader(io.StringIO(data.decode())))["full_item_code"]
                at = {word: found["position"][word] for word in ("epoch", "sequence")}
                came = editor.get(f"{path}/items/{code}", params=at).json()["name"]
                faults += [] if came == unwrapped(text).strip() else [f"{name}: came back as {came!r}"]
    assert faults == [], "\n".join(faults[:40])
    assert landed > 40


async def test_as_the_name_of_a_list(site: SiteOfBox, counted: Counted) -> None:
    data, path = f"{','.join(COLUMNS)}\n{','.join(ROW)}\n".encode(), f"/catalogue/nodes/{COUNTY}/imports"
    taken = set[str]()
    with site.client("editor") as editor:
        for name, text in TEXTS.items():
            before, typed = await counted.now(), quote(bytes_of(text[:9000]), safe="")
            answer = editor.post(f"{path}?name={typed}", content=data, headers=OCTETS)
            taken |= {name} if answer.is_success else set()
            assert answer.is_success or (refused(answer), more(before, await counted.now())) == ([], ""), name
    names = {json.loads(event.data).get("file_name") for event in imported(site)}
    assert taken == {"html", "entity", "beyond", "rtl", "formula", "braces", "sql", "path", "mongolian"}
    assert {TEXTS[name] for name in taken} <= names


def imported(site: SiteOfBox) -> Iterator[Recorded]:
    """What the catalogue of the node has said."""
    with site.client("operator") as client:
        after = 0
        while page := decode_page(client.get(f"/feed/{COUNTY}/catalogue/1", params={"after": after}).content):
            yield from page
            after += len(page)


def test_the_command_that_imports_says_nothing_that_moves_the_terminal(tmp_path: Path) -> None:
    """A cell may hold what a terminal would do: clear the screen, call itself otherwise."""
    rows = [
        row
        for name, _, _, data in lists()
        if name in ("escape", "bidi", "html", "lines", "rtl")
        for row in csv.reader(io.StringIO(data.decode()))
    ]
    file = tmp_path / "\u202e清单\x1b[2J.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(COLUMNS), *(row for row in rows if tuple(row) != COLUMNS)])
    command = [sys.executable, "-m", "services.cli", "import", "items", str(file), "--node", COUNTY, "--dry-run"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode in (0, 3), said
    assert "要搁置的行" in said
    assert [sign for sign in said if category(sign) in ("Cc", "Cf") and sign not in "\n\t"] == []
