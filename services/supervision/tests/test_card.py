"""A card for each rung, once (domain.md, "Card")."""

from __future__ import annotations

from dataclasses import replace

from services.supervision.events import Colour
from services.supervision.tests.stories import CASE, given_card, issue


def test_a_rung_gives_a_card_to_the_responsible_officer() -> None:
    (card,) = given_card().when(issue()).events
    assert card.card == f"card:clock:{CASE}:promised:red:0:0"
    assert (card.officer, card.colour, card.evidence) == ("C0117", Colour.RED, "urn:liandong:511525:deadline#1#7")
    assert card.at == issue().at


def test_the_same_rung_gives_no_second_card() -> None:
    given_card().when(issue(), issue()).then()


def test_each_colour_generation_and_further_week_is_a_card_of_its_own() -> None:
    asked = [issue(), issue(Colour.YELLOW), issue(generation=1), issue(overdue=1)]
    assert len({given_card().when(one).events[0].card for one in asked}) == 4


def test_a_card_from_an_imported_clock_says_so() -> None:
    (card,) = given_card().when(replace(issue(), imported=True)).events
    assert card.imported
