"""Documents sent over HTTP, as a browser at the counter does it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from httpx2 import Response

from libs.testkit.house import House
from libs.vault import PDF

STEP = 4096


class Sending:
    """One document on its way from the clerk."""

    def __init__(self, house: House, subject: str, data: bytes, kind: str = PDF, name: str = "我的证明.pdf") -> None:
        self.house, self.subject, self.data, self.kind, self.name = house, subject, data, kind, name
        self.upload = ""

    async def begin(self, *, key: str = "", status: int = 201) -> dict[str, Any]:
        form = {"name": self.name, "type": self.kind, "size": len(self.data)}
        found = await self.house.post(f"/vault/subjects/{self.subject}/uploads", form, by="clerk", key=key, status=status)
        self.upload = found.get("upload", "")
        return found

    async def piece(self, start: int, data: bytes | None = None) -> Response:
        content = self.data[start : start + STEP] if data is None else data
        headers = {**self.house.headers("clerk"), "Content-Type": "application/octet-stream"}
        return await self.house.http.put(f"/vault/uploads/{self.upload}/pieces/{start}", content=content, headers=headers)

    async def pieces(self, start: int = 0) -> None:
        for at in range(start, len(self.data), STEP):
            answer = await self.piece(at)
            assert answer.status_code == 200, answer.text

    async def offset(self) -> int:
        answer = await self.house.http.head(f"/vault/uploads/{self.upload}", headers=self.house.headers("clerk"))
        assert (answer.status_code, answer.headers["Upload-Length"]) == (200, str(len(self.data)))
        return int(answer.headers["Upload-Offset"])

    async def finish(self, *, digest: str = "", status: int = 201) -> dict[str, Any]:
        form = {"sha256": digest or sha256(self.data).hexdigest()}
        answer = await self.house.http.post(f"/vault/uploads/{self.upload}/finish", json=form, headers=self.house.headers("clerk"))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def sent(
    house: House, subject: str, data: bytes, kind: str = PDF, name: str = "我的证明.pdf", *, status: int = 201
) -> dict[str, Any]:
    """Sends the whole: what is answered to its end."""
    sending = Sending(house, subject, data, kind, name)
    await sending.begin()
    await sending.pieces()
    return await sending.finish(status=status)


async def fetched(house: House, document: str, *, by: str = "examiner", act: str = "intake.examine", **more: str) -> Response:
    """The answer to who opens it."""
    return await house.http.get(f"/vault/documents/{document}", params={"act": act, **more}, headers=house.headers(by))
