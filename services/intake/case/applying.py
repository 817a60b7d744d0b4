"""Who applies: at least one applicant whom the vault keeps, agents by a power of attorney, and open cases of the same person and item.

Of people the rules know subject ids alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from libs.decider import record
from services.intake.case.act import Asked
from services.intake.events import Applicant, ApplicantPart, Channel, Duplicates
from services.intake.law import refused

AGENT: Final = "agent"
APPLYING: Final = frozenset({"person", "organisation"})
"""The kinds of subjects of the vault that may apply; who is kept as an agent has a power of attorney in it."""


@record
class KeptApplicant:
    """What the vault says of a subject that it keeps at the node: its kind, and whom it acts for."""

    subject: str
    kind: str
    whose: str


@record
class Applying(Asked):
    """The part of a filing that says who applies. `known` is what the vault says of them; `open_cases` are those of the same applicants and item;
    `duplicates` those that were shown to who files, with `reasons`.
    """

    channel: Channel
    applicants: tuple[Applicant, ...]
    known: tuple[KeptApplicant, ...] = ()
    open_cases: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    reasons: str = ""


def may_apply(c: Applying) -> None:
    """Raises `Refused` where nobody applies, where the vault does not keep somebody, or an agent has no power of attorney of an applicant."""
    known = {one.subject: one for one in c.known}
    applicants = {one.subject for one in c.applicants if one.part is ApplicantPart.APPLICANT}
    agents = [one for one in c.applicants if one.part is ApplicantPart.AGENT]
    if not applicants:
        raise refused("no-applicant")
    if any(one.subject not in known for one in c.applicants):
        raise refused("unknown-subject")
    if any(known[subject].kind not in APPLYING for subject in applicants):
        raise refused("not-an-applicant")
    if not all(one.of in applicants and _attorney(known[one.subject], one) for one in agents) or (
        c.channel is Channel.AGENT and not agents
    ):
        raise refused("no-power-of-attorney")


def _attorney(known: KeptApplicant, agent: Applicant) -> bool:
    return known.kind == AGENT and known.whose == agent.of


def answered(c: Applying) -> None:
    """Raises `Refused` for an open case of the same applicant and item that was not shown to who files, or was passed over without a reason."""
    if unseen := sorted(set(c.open_cases) - set(c.duplicates)):
        raise refused("duplicate-unanswered", cases=_listed(unseen)).with_more(cases=unseen)
    if c.open_cases and not c.reasons:
        raise refused("no-reasons", on=["P-reasons-said"])


def named(c: Applying) -> Duplicates | None:
    """What the fact says of duplicates: those that are open, and the reasons."""
    return Duplicates(cases=tuple(sorted(c.open_cases)), reasons=c.reasons) if c.open_cases else None


def _listed(cases: Iterable[str]) -> str:
    return "、".join(cases)
