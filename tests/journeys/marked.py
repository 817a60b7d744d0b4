"""Marked people, and somebody who asks a site as its staff and remembers every answer that must not have a mark in it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx2

from libs.codes import resident_number
from services.onebox.sites import SiteOfBox
from tests.journeys.marks import Places

COUNTY: Final = "511525"
ITEM: Final = "LD-511A-0001"
LI: Final = {
    "kind": "person",
    "name": "欧阳标记𠮷",
    "resident_id": resident_number("51152519800307611"),
    "phone": "13990971234",
    "address": "标记镇㛃桥村七组",
    "email": "biaoji-li@example.invalid",
}
AGENT: Final = {
    "kind": "agent",
    "name": "司马标记代",
    "resident_id": resident_number("51152519751231612"),
    "phone": "13990975678",
    "document": "标记字授权委托书第九十七号",
}
FIRM: Final = {
    "kind": "organisation",
    "name": "高县自来水有限责任公司",
    "uscc": "11511525008690122K",
    "contact_name": "诸葛标记联",
    "contact_phone": "13990979012",
}
TEXT: Final = {"kind": "text", "text": "标记家门前的路㛃什么时候修，请回话"}
WRONG: Final = resident_number("51152519800307613")[:-1] + "?"
FILE: Final = f"{LI['name']}{LI['resident_id']}身份证正面{LI['phone']}.pdf"
INSIDE: Final = "标记文件里的内容"
NUMBERS: Final = (LI["resident_id"], AGENT["resident_id"], LI["phone"], AGENT["phone"])
"""Of which a digest without a key could be guessed."""
MARKS: Final = {
    **{text: text in NUMBERS for form in (LI, AGENT, TEXT) for name, text in form.items() if name != "kind"},
    FIRM["contact_name"]: False,
    FIRM["contact_phone"]: True,
    WRONG: False,
    FILE: False,
    INSIDE: False,
}
PLANTED: Final = {"种下的标记㛃": False, resident_number("51152519800307614"): True}


@dataclass
class Visit:
    """What somebody asks of a site, and every answer that must not have a mark in it."""

    site: SiteOfBox
    answers: list[tuple[str, bytes]] = field(default_factory=list)

    def ask(
        self, who: str, method: str, path: str, status: int, body: Any = None, *, key: str = "", open_: bool = False, **more: Any
    ) -> Any:
        """Asks as one of the staff, nobody for ""; the answer is remembered, unless it is there to show what was opened."""
        headers = {"Idempotency-Key": key or str(uuid4()), **({"Authorization": f"Bearer {self.site.tokens[who]}"} if who else {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        with httpx2.Client(base_url=self.site.address, timeout=60) as client:
            answer = client.request(method, path, headers=headers | more.pop("headers", {}), **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        if not open_:
            self.answers.append((f"answer {method} {path}", answer.content + repr(answer.headers.raw).encode()))
        kind = answer.headers.get("content-type", "")
        return answer.json() if "json" in kind and method != "HEAD" else answer.text

    def until(self, who: str, method: str, path: str, status: int, not_yet: int) -> None:
        """Asks until it is done: what another service has not heard of yet is refused with `not_yet`."""
        end, headers = time.monotonic() + 60, {"Authorization": f"Bearer {self.site.tokens[who]}"}
        with httpx2.Client(base_url=self.site.address, timeout=60) as client:
            while (found := client.request(method, path, headers=headers)).status_code == not_yet:
                assert time.monotonic() < end, f"{method} {path}: {found.text[:300]}"
                time.sleep(0.1)
        assert found.status_code == status, f"{method} {path}: {found.status_code} {found.text[:300]}"
        self.answers.append((f"answer {method} {path}", found.content + repr(found.headers.raw).encode()))

    def keep(self, form: dict[str, str], status: int = 201, key: str = "") -> Any:
        return self.ask("clerk", "POST", f"/vault/nodes/{COUNTY}/subjects", status, form, key=key)

    @property
    def places(self) -> Places:
        return {f"{place} #{n}": said for n, (place, said) in enumerate(self.answers)}
