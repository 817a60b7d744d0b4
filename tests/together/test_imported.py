"""A case of another system's record, brought in here: what happened there is known, and nobody here answers for the time before it came."""

from __future__ import annotations

from typing import Any

from libs.testkit.neighbours import moment
from tests.together.stories import CLERK, licence
from tests.together.telling import Telling

CAME = "2007-03-05T09:00"


def brought(filed: str = "2004-07-05T10:00:00+08:00", **given: Any) -> Telling:
    """Filed there on Monday 5 July 2004, brought in on Monday 5 March 2007; nothing else is known of it unless said."""
    story = Telling(licence())
    assert story.bring(CAME, filed={"at": filed, "officer": "R0021"}, **given) is None
    return story


def test_what_another_record_says_is_marked_as_imported_and_starts_no_clock_by_itself() -> None:
    story = brought(steps=[{"at": "2004-07-06T10:00:00+08:00", "officer": "R0021", "name": "审查", "role": "examine"}])
    assert [(fact.type, fact.said.at, fact.said.imported) for fact in story.facts if fact.service == "intake"] == [
        ("CaseFiled", moment("2004-07-05"), True),
        ("StepDone", moment("2004-07-06"), True),
    ]
    assert [fact for fact in story.facts if fact.service == "deadline"] == []


def test_an_imported_case_taken_up_here_and_now_is_not_carded_for_the_time_before_it_came() -> None:
    """Silence had taken it up in 2004; its limits, and that of the step that nobody held, were over when it came, and are red again once a week."""
    story = brought()
    assert story.act("2007-03-05T10:00", CLERK, "acceptance").refused is None
    story.until("2007-03-06T12:00")
    assert len(story.cards) == 0, f"{len(story.cards)} cards, the first at {story.cards[0].at}, the last at {story.cards[-1].at}"
    story.until("2007-03-31T12:00")
    assert {card.clock_kind for card in story.cards if card.due_at < moment(CAME)} == {"statutory", "promised", "step"}
    assert min(card.at for card in story.cards) > moment(CAME)
    for name in ("statutory", "promised"):
        assert len(story.clock(name).said("red")) == 4, "a month of four weeks"
