"""Supervision, wired: streams of cards and of findings, their views, what is heard, the routes."""

from __future__ import annotations

from typing import Final, get_args

from libs.eventlog import Claim, Codec, Subject
from libs.host import Context, Service
from libs.story import Part, Scene
from services.supervision import events
from services.supervision.card import CARD
from services.supervision.finding import FINDING
from services.supervision.http import supervision_router
from services.supervision.inbox import Cards, Findings, hears
from services.supervision.story import CardsOfStory
from services.supervision.views import cards_view, findings_view

CODEC: Final = Codec("supervision", get_args(events.Event))


def subjects() -> tuple[Cards, Findings]:
    """Cards and findings as streams of the log; a claim, too, keeps each from being written twice."""
    cards: Cards = Subject(CARD, CODEC, claims=lambda event: [Claim("card", event.card)])
    findings: Findings = Subject(FINDING, CODEC, claims=lambda event: [Claim("finding", event.finding)])
    return cards, findings


def build(context: Context) -> Service:
    """Builds supervision over what the host gives it."""
    cards, findings = subjects()
    return Service(
        name="supervision",
        router=supervision_router(context),
        views=(cards_view(CODEC), findings_view(CODEC)),
        hears=(hears(cards, findings),),
    )


def tells(scene: Scene) -> Part:
    """Supervision's part in a story."""
    return CardsOfStory(scene, *subjects()).part()
