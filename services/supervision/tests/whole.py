"""What a whole history shows, said without looking through it act by act: the measure of what the detectors find on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from services.supervision.events import Detector
from services.supervision.finding.detectors import Deed, KnownAct, Seen


def same_officer(facts: Sequence[KnownAct]) -> Seen | None:
    examined, approved = _first(facts, Deed.EXAMINE), _first(facts, Deed.APPROVE)
    if examined is None or approved is None or facts[examined].officer != facts[approved].officer:
        return None
    return Seen(place=max(examined, approved), facts=(facts[examined], facts[approved]))


def after_the_end(facts: Sequence[KnownAct]) -> Seen | None:
    end = _first(facts, Deed.END)
    if end is None:
        return None
    late = [n for n, fact in enumerate(facts) if fact.deed is not Deed.END and fact.at > facts[end].at]
    if not late:
        return None
    place = max(end, late[0])
    return Seen(place=place, facts=(facts[end], *(facts[n] for n in late if n <= place)))


def _first(facts: Sequence[KnownAct], deed: Deed) -> int | None:
    return next((n for n, fact in enumerate(facts) if fact.deed is deed), None)


WHOLE: Final[Mapping[Detector, Callable[[Sequence[KnownAct]], Seen | None]]] = {
    Detector.SAME_OFFICER: same_officer,
    Detector.AFTER_THE_END: after_the_end,
}
