"""A case of another system's record, brought in here: what happened there is known, and nobody here answers for the time before it came."""

from __future__ import annotations

from typing import Any

from libs.testkit.neighbours import moment
from tests.together.stories import licence
from tests.together.telling import Telling

CAME = "2007-03-05T09:00"


def brought(filed: str = "2004-07-05T10:00:00+08:00", **given: Any) -> Telling:
    """Filed there on Monday 5 July 2004, brought in on Monday 5 March 2007; nothing else is known of it unless said."""
    story = Telling(licence())
    assert story.bring(CAME, filed={"at": filed, "officer": "R0021"}, **given).refused is None
    return story


def test_what_another_record_says_is_marked_as_imported_and_starts_no_clock_by_itself() -> None:
    story = brought(steps=[{"at": "2004-07-06T10:00:00+08:00", "officer": "R0021", "name": "审查", "role": "examine"}])
    assert [(fact.type, fact.said.at, fact.said.imported) for fact in story.facts if fact.service == "intake"] == [
        ("CaseFiled", moment("2004-07-05"), True),
        ("StepDone", moment("2004-07-06"), True),
    ]
    assert [fact for fact in story.facts if fact.service == "deadline"] == []
