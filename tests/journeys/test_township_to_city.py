"""A case filed at a township by HTTP is on the city's page, its events verified."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from services.onebox import Door, OneBox, SiteOfBox, publish

pytestmark = pytest.mark.server
TOWNSHIP = "511525103"


def wait_at_city(box: OneBox, position: dict[str, Any]) -> None:
    """Waits, at the city, until it has verified the feed up to the position."""
    with box.city.client() as client:
        query = {"source": position["source"], "sequence": position["sequence"], "timeout": 20}
        answer = client.get("/hub/wait", params=query)
    assert answer.json() == {"reached": True}


def page(site: SiteOfBox, path: str) -> str:
    """What the leader sees in the browser."""
    with httpx2.Client(base_url=site.address, follow_redirects=True, headers={"Accept": "text/html"}) as browser:
        site.sign_in(browser)
        answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_from_the_township_counter_to_the_citys_page(box: OneBox) -> None:
    county = box.site(TOWNSHIP)
    assert county.code == "511525"
    with Door(county, "township") as door:
        publish(door, county.code)
        filed = door.file(TOWNSHIP, "one", {"item": "LD-511A-0001", "channel": "counter", "materials": ["申请书"]})
        case = filed["case"]
        assert re.fullmatch(rf"{TOWNSHIP}-\d{{8}}-\d{{6}}-\d", case)
        done = door.post("clerk", f"/intake/cases/{case}/acceptance", "two")
        assert done["position"]["source"] == f"urn:liandong:{TOWNSHIP}:intake"
        wait_at_city(box, done["position"])
        with box.city.client() as client:
            found = client.get(f"/hub/cases/{case}").json()
        events = [(event["type"], event["verified"]) for event in found["timeline"] if event["source"] == done["position"]["source"]]
        assert ("liandong.intake.CaseFiled.v1", True) in events
        assert ("liandong.intake.CaseAccepted.v1", True) in events
        text = page(box.city, f"/cases/{case}")
        assert case in text
        assert "链已核验" in text
        assert "食品经营许可" in text
        assert "嘉乐镇便民服务站" in page(box.city, "/city")


def test_repeating_an_act_with_its_key_changes_nothing(box: OneBox) -> None:
    with Door(box.site(TOWNSHIP), "repeat") as door:
        publish(door, "511525")
        body = {"item": "LD-511A-0002", "channel": "counter", "materials": ["申请书"]}
        first, again = door.file(TOWNSHIP, "file", body), door.file(TOWNSHIP, "file", body)
        assert first["follow_code"] == again["follow_code"] != ""
        assert first["case"] == again["case"]
        assert first["position"] == again["position"]
        with pytest.raises(httpx2.HTTPStatusError) as refused:
            door.file(TOWNSHIP, "file", {**body, "channel": "post"})
        assert refused.value.response.status_code == 422


def examined(door: Door, who: str) -> str:
    """A case of the township that `who` has examined."""
    publish(door, "511525")
    filing = {"item": "LD-511A-0004", "channel": "counter", "materials": ["申请表", "施工图审查合格书"]}
    case = str(door.file(TOWNSHIP, "file", filing)["case"])
    door.post("clerk", f"/intake/cases/{case}/acceptance", "accept")
    door.post(who, f"/intake/cases/{case}/steps/start", "examine:start", {"name": "审查"})
    door.post(who, f"/intake/cases/{case}/steps/done", "examine:done", {"name": "审查", "recommends": "granted"})
    return case


def test_the_examiner_does_not_approve(box: OneBox) -> None:
    """One examines, another approves: somebody with both posts is refused, in the language of the person; a colleague is not."""
    with Door(box.site(TOWNSHIP), "two-persons") as door:
        case, approving = examined(door, "reviewer"), {"name": "核准"}
        with pytest.raises(httpx2.HTTPStatusError) as refused:
            door.post("reviewer", f"/intake/cases/{case}/steps/start", "approve", approving)
        answer = refused.value.response
        assert (answer.status_code, answer.json()["code"]) == (409, "same-officer")
        assert "审查人与核准人不得为同一人" in answer.json()["title"]
        door.post("approver", f"/intake/cases/{case}/steps/start", "approve:start", approving)
        approved = door.post("approver", f"/intake/cases/{case}/steps/done", "approve:done", approving | {"outcome": "granted"})
        with door.site.client() as client:
            row = client.get(f"/intake/cases/{case}", params={"sequence": approved["position"]["sequence"]}).json()
        assert row["phase"] == "approved"


def test_a_second_officer_has_an_account_of_the_site(box: OneBox) -> None:
    """Somebody whom the site does not know is no second officer; the colleague who is asked for is."""
    with Door(box.site(TOWNSHIP), "second") as door:
        case, done = examined(door, "examiner"), {"name": "核准", "outcome": "granted"}
        door.post("approver", f"/intake/cases/{case}/steps/start", "start", {"name": "核准"})
        with pytest.raises(httpx2.HTTPStatusError) as refused:
            door.post("approver", f"/intake/cases/{case}/steps/done", "nobody", done | {"second_officer": "C9999"})
        assert refused.value.response.json()["code"] == "second-unknown"
        door.post("approver", f"/intake/cases/{case}/steps/done", "known", done | {"second_officer": "C0126"})


def test_somebody_of_the_county_does_not_act_for_the_city(box: OneBox) -> None:
    county = box.site(TOWNSHIP)
    with httpx2.Client(base_url=box.city.address) as client:
        answer = client.post(
            "/intake/nodes/511502/cases",
            json={"item": "x", "channel": "counter", "materials": []},
            headers={"Authorization": f"Bearer {county.tokens['clerk']}", "Idempotency-Key": "k"},
        )
    assert answer.status_code == 401
