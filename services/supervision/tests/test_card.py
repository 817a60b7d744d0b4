"""A card for each rung, once (docs/supervision.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from libs.testkit.neighbours import heard, moment
from services.supervision.card.rungs import react
from services.supervision.events import Colour
from services.supervision.inbox import READER
from services.supervision.tests.stories import CASE, given_card, issue, issued


def test_a_rung_gives_a_card_to_the_responsible_unit_post_and_officer() -> None:
    (card,) = given_card().when(issue()).events
    assert card.card == f"card:clock:{CASE}:promised:red:0:0"
    assert (card.department, card.post, card.officer) == ("县水利局", "审查岗", "E0201")
    assert (card.colour, card.evidence) == (Colour.RED, "urn:liandong:511525:deadline#1#7")
    assert card.at == issue().at


def test_a_card_for_a_step_in_nobody_s_hands_names_unit_and_post_alone() -> None:
    rung = heard(
        READER, "deadline", "ClockRed", case=CASE, department="县水利局", department_uscc="11511301008778183N", post="核准岗", officer=""
    )
    (card,) = given_card().when(react(None, rung, "urn:liandong:511525:deadline#1#7")[1][0][1]).events
    assert (card.department, card.department_uscc, card.post, card.officer) == ("县水利局", "11511301008778183N", "核准岗", "")


def test_the_same_rung_gives_no_second_card() -> None:
    given_card().when(issue(), issue()).then()


def test_each_colour_generation_and_further_week_is_a_card_of_its_own() -> None:
    asked = [issue(), issue(Colour.YELLOW), issue(generation=1), issue(overdue=1)]
    assert len({given_card().when(one).events[0].card for one in asked}) == 4


def test_a_card_from_an_imported_clock_says_so() -> None:
    (card,) = given_card().when(replace(issue(), imported=True)).events
    assert card.imported


def test_what_was_issued_is_not_issued_again_whatever_it_says_now() -> None:
    given_card(issued()).when(replace(issue(), officer="C0200")).then()


def test_a_red_rung_says_how_far_over_due_a_yellow_one_never_is() -> None:
    due: dict[str, Any] = {"at": moment("2007-03-20T00:00"), "due_at": moment("2007-03-20T00:00")}
    name, stream = "urn:liandong:511525:deadline#1#7", f"card:clock:{CASE}:promised"
    red = heard(READER, "deadline", "ClockRed", case=CASE, **due, overdue=1)
    assert react(None, red, name) == (None, [(f"{stream}:red:0:1", issue(overdue=1))])
    yellow = heard(READER, "deadline", "ClockYellow", case=CASE, **due, generation=2, imported=True)
    assert react(None, yellow, name) == (None, [(f"{stream}:yellow:2:0", replace(issue(Colour.YELLOW, generation=2), imported=True))])
