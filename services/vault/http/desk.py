"""What every route of the vault works with: the vault, the streams of its log, and who may ask about whom."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from fastapi import HTTPException

from libs.eventlog import Done, Subject
from libs.host import Context
from libs.telemetry import current_traceparent
from libs.vault import Documents, ErasedLine, KeptSubject, Vault
from libs.web import Account, FromHere, NotAllowed
from libs.workdays import CHINA
from services.vault import follow, subject
from services.vault.subject import EraseData, OpenData, why_no_purpose

FROM_HERE: Final = FromHere("个人信息须从本站页面打开")
"""Opening is a fact: no other site's page brings it about in somebody's name."""
SubjectStreams = Subject[subject.Command, subject.State, subject.Event]
CodeStreams = Subject[follow.Command, follow.State, follow.Event]


class Desk(NamedTuple):
    """The vault, its documents, and its streams: of subjects and of codes."""

    context: Context
    vault: Vault
    documents: Documents
    subjects: SubjectStreams
    codes: CodeStreams

    async def find(self, subject: str, account: Account, act: str) -> KeptSubject:
        """The row of a subject at whose node the account may do the act. Raises `HTTPException` (404) for one that is not kept, `NotAllowed`."""
        found = await self.vault.rows.find(subject)
        if found is None:
            raise HTTPException(404)
        account.must(act, found.node, self.today)
        return found

    @property
    def today(self) -> date:
        """The day it is in China."""
        return self.context.now().astimezone(CHINA).date()

    async def put(self, command: subject.Command) -> Done:
        """Has a command decided against the subject's last fact, and written. Raises `Refused` or `LogError`."""
        intent = self.subjects.intent(command.subject, command, actor=command.officer, last=True, traceparent=current_traceparent())
        return await self.context.logs.of(command.node).append(intent)

    async def open(self, subject: str, node: str, fields: tuple[str, ...], *, act: str, case: str, by: Account) -> None:
        """Says who opens what of a subject, for which act and case: before it is opened. Raises `NotAllowed` for an act that is not theirs to do
        there, of the item of the case where that is known, `Refused` or `LogError`.
        """
        cases, at = tuple(await self.vault.rows.cases(subject)), self.context.now()
        item = await self.vault.rows.item(case, subject) if case else ""
        if (because := why_no_purpose(by.grants, act, item, node, at.astimezone(CHINA).date())) is not None:
            raise NotAllowed(f"{by.post}（{by.staff}）：{because}")
        await self.put(
            OpenData(subject=subject, node=node, fields=fields, act=act, case=case, cases=cases, officer=by.staff, at=at),
        )

    async def erase(self, line: ErasedLine) -> Done:
        """Erases a subject and says so. Raises `Refused` while a case of it runs."""
        held = not await self.vault.erase(line)
        done = await self.put(EraseData(subject=line.subject, node=line.node, held=held, officer=line.officer, at=line.at))
        await self.vault.rows.said([line.subject])
        return done

    async def erase_again(self) -> None:
        """At the opening: erases whoever a restored database brought back, and what they wrote, where a crash kept from it; and says what was
        erased and not said.
        """
        await self.vault.erase_again()
        for line in await self.vault.rows.left_behind():
            await self.vault.erase(line)
        for line in await self.vault.rows.unsaid():
            await self.put(EraseData(subject=line.subject, node=line.node, held=False, officer=line.officer, at=line.at))
            await self.vault.rows.said([line.subject])
