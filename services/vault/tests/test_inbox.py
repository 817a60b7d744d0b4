"""Which of intake's facts hold a subject, and which let it go: those of the contract."""

from __future__ import annotations

from libs.contracts import phases
from services.vault.inbox import READER


def test_a_case_is_over_with_the_facts_with_which_the_contract_ends_it() -> None:
    known = phases()
    ends = {fact for fact in known.facts if known.ended(known.after("filed", fact))}
    heard = {kind.split(".")[2] for kind in READER.types}
    assert heard == {"CaseFiled", *ends}
    assert not known.ended(known.after("", "CaseFiled"))
