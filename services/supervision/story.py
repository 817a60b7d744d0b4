"""Supervision in a story: its cards and findings follow from what is told, and its cards are shown at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from libs.story import Ask, Hearing, Part, Scene
from libs.wire import Recorded
from services.supervision.card import rungs
from services.supervision.card.rungs import YellowOrRed
from services.supervision.events import CardIssued
from services.supervision.finding import acts
from services.supervision.finding.acts import FilingOrAct
from services.supervision.finding.detectors import WatchedCase
from services.supervision.inbox import ACTOR, READER, Cards, Findings


class CardsOfStory:
    """The cards and findings of a story, and what is remembered of its cases."""

    def __init__(self, scene: Scene, cards: Cards, findings: Findings) -> None:
        self.scene, self.cards, self.findings = scene, cards, findings
        self._watched: defaultdict[str, WatchedCase] = defaultdict(WatchedCase)

    def part(self) -> Part:
        """What supervision does in a story."""
        return Part(codec=self.cards.codec, hearing=Hearing(READER, self._hear), shows=self._shows)

    def _hear(self, fact: YellowOrRed | FilingOrAct, record: Recorded) -> Iterator[Ask]:
        if isinstance(fact, YellowOrRed):
            for stream, card in rungs.react(None, fact, record.name)[1]:
                yield Ask(record.node, self.cards, stream, card, ACTOR)
            return
        self._watched[fact.case], raised = acts.react(self._watched[fact.case], fact, record.name)
        for stream, finding in raised:
            yield Ask(record.node, self.findings, stream, finding, ACTOR)

    def _shows(self) -> Mapping[str, Any]:
        cards = (self.cards.codec.decode(record) for record in self.scene.records(self.cards.codec, CardIssued))
        return {"cards": [msgspec.to_builtins(card, builtin_types=(datetime,)) for card in cards]}
