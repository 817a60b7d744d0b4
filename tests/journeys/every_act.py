"""Cases in which every act is done that says something in words, so that every word of it can be looked for afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from libs.codes import resident_number
from libs.workdays import CHINA
from services.onebox.cases import DECLINED
from services.onebox.items import ITEMS
from services.onebox.staff import STAFF
from tests.journeys.spoiling import SpoilingDoor

ITEM, MATERIALS = ITEMS[0][0], ITEMS[0][5]
CODED: Final = "事项甲"
"""The code of an item that is a text itself."""
REVIEWER: Final = next(one.staff for one in STAFF if one.word == "reviewer")
GRANTED: Final = {"outcome": "granted"}
PERSON: Final = {
    "kind": "person",
    "name": "申请人某",
    "resident_id": resident_number("51152519790203141"),
    "phone": "13990970000",
    "address": "某镇某村",
    "email": "某@example.invalid",
}
FIRM: Final = {
    "kind": "organisation",
    "name": "某公司",
    "uscc": "11511525008690122K",
    "contact_name": "联系人某",
    "contact_phone": "13990970000",
    "address": "某路",
}
AGENT: Final = {
    "kind": "agent",
    "document": "授权委托书某号",
    "name": "代办人某",
    "resident_id": resident_number("51152519810203141"),
    "phone": "13990970000",
}


def everything(door: SpoilingDoor, now: datetime) -> list[str]:
    """Works through all of them: the cases, the one that went all the way first."""
    confide(door)
    publish_coded(door)
    cases = [
        all_the_way(door, now),
        corrected(door),
        declined(door),
        *asked_twice(door),
        door.file(door.node, "coded", form(CODED))["case"],
    ]
    import_one(door, now)
    return cases


def form(item: str = ITEM) -> dict[str, Any]:
    return {"item": item, "channel": "counter", "materials": list(MATERIALS)}


def confide(door: SpoilingDoor) -> None:
    """One of each kind, of whom no case is filed."""
    path = f"/vault/nodes/{door.node}/subjects"
    person = door.post("clerk", path, "person", PERSON)["subject"]
    door.post("clerk", path, "firm", FIRM)
    door.post("clerk", path, "agent", {**AGENT, "acts_for": person})
    door.post("clerk", path, "text", {"kind": "text", "text": "路什么时候修", "author": person})
    door.post("clerk", f"/vault/subjects/{person}/uploads", "upload", {"name": "某证明.pdf", "type": "application/pdf", "size": 9})


def publish_coded(door: SpoilingDoor) -> None:
    """An item whose code and agency are texts, with a procedure for which laws are cited."""
    door.spoiler.told[CODED] = f"{CODED}<b>'\"&amp;{{{{7*7}}}}𠮷㛃"
    path = f"/catalogue/nodes/{door.node}"
    item = {"item": CODED, "name": "某许可", "type_code": "01", "department": "某局", "agency": "某机构的代码"}
    door.post("editor", f"{path}/items", "coded:item", item)
    published = next(one.body for one in door.sent if one.path == f"{path}/procedures")
    laws = {"statutory_days": "某条例第三条", "extension_days": "某条例第五条"}
    door.post("editor", f"{path}/procedures", "coded:procedure", {**_plain(door, published), "item": CODED, "special": laws})


def _plain(door: SpoilingDoor, body: Any) -> Any:
    """A body as it was before it was spoiled."""
    if isinstance(body, dict):
        return {name: _plain(door, one) for name, one in body.items()}
    if isinstance(body, list):
        return [_plain(door, one) for one in body]
    return next((before for before, after in door.spoiler.told.items() if after == body), body)


class OneCase:
    """A case that is filed, and what is done on it."""

    def __init__(self, door: SpoilingDoor, name: str) -> None:
        self._door, self._name, self._done = door, name, 0
        self.case = str(door.file(door.node, f"{name}:file", form())["case"])

    def do(self, who: str, act: str, **said: Any) -> None:
        self._done += 1
        self._door.post(who, f"/intake/cases/{self.case}/{act}", f"{self._name}:{self._done}", said)


def all_the_way(door: SpoilingDoor, now: datetime) -> str:
    """Suspended and called off, extended, handed over, sent back, decided, delivered, closed."""
    one, today = OneCase(door, "whole"), now.astimezone(CHINA).date()
    one.do("clerk", "acceptance")
    stop = {"reason": "testing", "expected_days": 5, "notified": f"{today}", "first": f"{today + timedelta(days=1)}"}
    one.do("approver", "suspension", notice="检验通知书某号", **stop)
    one.do("approver", "suspension/call-off", number=1, reasons="不再需要检验")
    one.do("approver", "extension", days=3, head="局长某", document="延期批准书某号", told=f"{today}", reasons="案情复杂")
    one.do("examiner", "steps/start", name="现场核查")
    one.do("examiner", "steps/done", name="现场核查")
    one.do("examiner", "steps/start", name="审查")
    one.do("examiner", "steps/hand-over", to=REVIEWER, reasons="另有任务")
    one.do("reviewer", "steps/done", name="审查", recommends="granted", reasons="材料齐全")
    one.do("approver", "steps/start", name="核准")
    one.do("approver", "steps/send-back", reasons="漏了一项核对")
    one.do("examiner", "steps/start", name="审查")
    one.do("examiner", "steps/done", name="审查", recommends="granted", reasons="已经核对")
    one.do("approver", "steps/start", name="核准")
    one.do("approver", "steps/done", name="核准", **GRANTED, reasons="符合条件")
    one.do("approver", "decision", **GRANTED, document="许可决定书某号", reasons="予以准许")
    one.do("clerk", "delivery", how="counter", receipt="送达回证某号")
    one.do("clerk", "close")
    return one.case


def corrected(door: SpoilingDoor) -> str:
    """Told what is missing; one of it comes not, the other is no longer wanted."""
    one = OneCase(door, "corrected")
    one.do("clerk", "corrections-notice", missing=list(MATERIALS[:2]))
    one.do("clerk", "corrections-return", still_missing=[MATERIALS[0]], waived=[MATERIALS[1]], reasons="可以在线核验")
    return one.case


def declined(door: SpoilingDoor) -> str:
    one = OneCase(door, "declined")
    one.do("clerk", "refusal-to-accept", **DECLINED)
    return one.case


def asked_twice(door: SpoilingDoor) -> list[str]:
    """The same person asks for the same twice: the second time it is answered why."""
    cases = list[str]()
    for n in range(2):
        subject = door.post("clerk", f"/vault/nodes/{door.node}/subjects", f"twice:{n}", {**PERSON, "name": "又一人某"})["subject"]
        answered = {"duplicates": {"cases": cases[:], "reason": "另一处场所"}} if cases else {}
        filing = {**form(), "applicants": [{"subject": subject}], **answered}
        cases.append(str(door.post("clerk", f"/intake/nodes/{door.node}/cases", f"twice:{n}:file", filing)["case"]))
    return cases


def import_one(door: SpoilingDoor, now: datetime) -> None:
    """A case of another system's record."""
    done = {"at": (now - timedelta(minutes=1)).isoformat(), "officer": "经办某"}
    case = {"ref": "外系统某件", "item": CODED, "channel": "internal", "filed": done, "steps": [{**done, "name": "某环节"}]}
    case |= {"decided": done, "closed": done}
    door.post(
        "operator", f"/intake/nodes/{door.node}/imports", "import", {"log": "外系统某日志", "timeline": "外系统某时间", "cases": [case]}
    )
