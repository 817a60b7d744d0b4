"""延长 as acts, clocks and cards show it together (行政许可法 Art. 42)."""

from __future__ import annotations

import pytest

from libs.testkit.neighbours import moment
from tests.together.stories import APPROVER, EXAMINER, accepted, approve, decide, examine, extend


def test_a_broken_promise_stays_broken() -> None:
    """Promised by 20 March, due by law at the end of 3 April; extended on 28 March, decided on 30 March."""
    story = accepted("2007-03-06T10:00", extension_moves_promise=True)
    examine(story, "2007-03-07T09:00", "2007-03-08T11:00")
    assert extend(story, "2007-03-28T09:00").refused is None
    approve(story, "2007-03-29T09:00", "2007-03-29T10:00")
    assert decide(story, "2007-03-30T09:00").refused is None
    promised, statutory = story.clock("promised"), story.clock("statutory").shown
    assert (promised.shown.due_at, promised.shown.late) == (moment("2007-03-21T00:00"), True)
    assert promised.said("red") == [moment("2007-03-21T00:00"), moment("2007-03-28T00:00")]
    assert (statutory.due_at, statutory.late) == (moment("2007-04-18T00:00"), False)


def test_an_extension_moves_a_promise_that_still_runs() -> None:
    story = accepted("2007-03-06T10:00", extension_moves_promise=True)
    assert extend(story, "2007-03-20T09:00").refused is None
    story.until("2007-04-03T23:59")
    assert story.clock("promised").said("red") == []
    assert story.clock("promised").shown.due_at == moment("2007-04-04T00:00")


def test_the_applicant_is_not_told_of_an_extension_before_the_case_is_accepted() -> None:
    story = accepted("2007-03-06T10:00")
    assert extend(story, "2007-03-28T09:00", told="2007-03-05").refused == "extension-not-told"
    assert story.clock("statutory").shown.due_at == moment("2007-04-04T00:00")


@pytest.mark.parametrize("head", [EXAMINER, APPROVER], ids=["who examined", "who enters it"])
def test_the_head_who_extends_is_neither_an_examiner_nor_who_enters_it(head: str) -> None:
    story = accepted("2007-03-06T10:00")
    examine(story, "2007-03-07T09:00", "2007-03-08T11:00")
    assert extend(story, "2007-03-28T09:00", head=head).refused is not None
    assert story.clock("statutory").shown.due_at == moment("2007-04-04T00:00")
