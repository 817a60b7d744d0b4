"""Who applies: kept by the vault, through an agent by a power of attorney (民法典 Art. 165); an open case of the same person is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libs.decider import Decider
from libs.testkit.given import Given, Happened
from services.intake.case import Case, Command
from services.intake.case.applying import KeptApplicant
from services.intake.case.filing import File
from services.intake.case.following import may_follow
from services.intake.events import Applicant, ApplicantPart, CaseEvent, CaseFiled, Channel, Duplicates
from services.intake.tests import stories as s
from services.intake.tests.stories import given

EARLIER = ("511525-20070301-000007-1", "511525-20070302-000009-6")
FIRM = Applicant(subject="subj-firm")
AGENT = Applicant(subject="subj-agent", part=ApplicantPart.AGENT, of="subj-1")
KEPT_FIRM = KeptApplicant(subject="subj-firm", kind="organisation", whose="")
KEPT_AGENT = KeptApplicant(subject="subj-agent", kind="agent", whose="subj-1")


def filing(
    *applicants: Applicant, known: tuple[KeptApplicant, ...] = (s.KEPT, KEPT_FIRM, KEPT_AGENT), channel: Channel = Channel.COUNTER
) -> File:
    return replace(s.file(channel=channel), applicants=applicants, known=known)


def filed(command: File) -> Happened[Command, Case, CaseEvent]:
    return given().when(command)


def test_several_may_apply_together() -> None:
    assert filed(filing(s.LI, FIRM)).one(CaseFiled).applicants == (s.LI, FIRM)


@pytest.mark.parametrize("channel", [channel for channel in Channel if channel is not Channel.INTERNAL])
def test_somebody_applies_whatever_the_channel(channel: Channel) -> None:
    filed(filing(channel=channel)).refused("no-applicant")
    filed(filing(AGENT, channel=channel)).refused("no-applicant")


def test_whoever_the_vault_does_not_keep_does_not_apply() -> None:
    filed(filing(s.LI, FIRM, known=(s.KEPT,))).refused("unknown-subject")
    filed(filing(s.LI, AGENT, known=(s.KEPT,))).refused("unknown-subject")


def test_a_text_and_an_agent_are_no_applicants() -> None:
    for kind in ("text", "agent"):
        filed(filing(s.LI, known=(replace(s.KEPT, kind=kind),))).refused("not-an-applicant")


def test_an_agent_acts_by_a_power_of_attorney_of_an_applicant() -> None:
    assert filed(filing(s.LI, AGENT, channel=Channel.AGENT)).one(CaseFiled).applicants == (s.LI, AGENT)
    person = replace(KEPT_AGENT, kind="person", whose="")
    filed(filing(s.LI, AGENT, known=(s.KEPT, person))).refused("no-power-of-attorney")
    of_another = replace(KEPT_AGENT, whose="subj-9")
    filed(filing(s.LI, AGENT, known=(s.KEPT, of_another))).refused("no-power-of-attorney")
    filed(filing(FIRM, AGENT)).refused("no-power-of-attorney")
    filed(filing(s.LI, FIRM, replace(AGENT, of="subj-firm"))).refused("no-power-of-attorney")
    filed(filing(s.LI, replace(AGENT, of=""))).refused("no-power-of-attorney")


def test_the_channel_of_agents_has_one() -> None:
    filed(filing(s.LI, channel=Channel.AGENT)).refused("no-power-of-attorney")


# --- duplicates -------------------------------------------------------------------------------------------------------------------------


def again(*duplicates: str, reasons: str = "", open_cases: tuple[str, ...] = EARLIER) -> File:
    return replace(s.file(), open_cases=open_cases, duplicates=duplicates, reasons=reasons)


def test_an_open_case_of_the_same_applicant_and_item_is_shown_with_its_number() -> None:
    no = filed(again()).refused("duplicate-unanswered")
    assert no.more == {"cases": list(EARLIER)}
    assert all(case in no.because for case in EARLIER)


def test_what_is_not_answered_yet_is_shown() -> None:
    no = filed(again(EARLIER[0], reasons="另一处取水口")).refused("duplicate-unanswered")
    assert no.more == {"cases": [EARLIER[1]]}


def test_it_is_answered_with_a_reason_and_not_blocked() -> None:
    answered = filed(again(*EARLIER, reasons=" 另一处取水口 ")).one(CaseFiled)
    assert answered.duplicates == Duplicates(cases=EARLIER, reasons="另一处取水口")
    filed(again(*EARLIER, reasons=" \u3000")).refused("no-reasons")


def test_one_that_ended_meanwhile_is_not_said_to_be_open() -> None:
    assert filed(again(*EARLIER, reasons="另一处取水口", open_cases=EARLIER[:1])).one(CaseFiled).duplicates == Duplicates(
        cases=EARLIER[:1], reasons="另一处取水口"
    )
    assert filed(again(*EARLIER, reasons="另一处取水口", open_cases=())).one(CaseFiled).duplicates is None


def test_a_reason_has_no_personal_number() -> None:
    filed(again(*EARLIER, reasons="本人电话13800138000")).refused("personal-data")


def test_another_systems_record_says_nothing_of_applicants() -> None:
    given().when(s.imported(again())).one(CaseFiled)
    given().when(s.imported(filing(s.LI, known=()))).one(CaseFiled)


# --- following --------------------------------------------------------------------------------------------------------------------------


def looked(found: str | None, _nothing: None) -> list[str]:
    return [may_follow(found)]


def test_a_case_is_followed_by_number_and_code_together() -> None:
    following = Given(Decider(initial=None, decide=looked, evolve=lambda nothing, _found: nothing))
    following().when("there").then("there")
    following().when(None).refused("wrong-code")
