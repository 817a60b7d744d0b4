"""What a whole history shows, said without looking through it act by act: the measure of what the detectors find on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from libs.codes import folded
from services.supervision.finding.detectors import Deed, DetectorRule, KnownAct, Seen
from services.supervision.tests.stories import AFTER_THE_END, SAME_OFFICER, SAME_OFFICER_2


def same_officer(facts: Sequence[KnownAct]) -> Seen | None:
    """Version 1: only as long as everything was imported."""
    examined, approved = _first(facts, Deed.EXAMINE), _first(facts, Deed.APPROVE)
    if examined is None or approved is None or facts[examined].officer != facts[approved].officer:
        return None
    place = max(examined, approved)
    if not all(fact.imported for fact in facts[: place + 1]):
        return None
    return Seen(place=place, facts=(facts[examined], facts[approved]), officers=(facts[examined].officer,))


def same_officer_2(facts: Sequence[KnownAct]) -> Seen | None:
    """Version 2: from the first act on that was done here."""
    here = next((n for n, fact in enumerate(facts) if not fact.imported), len(facts))
    for place in range(here, len(facts)):
        examined, approved = (_all(facts[: place + 1], deeds) for deeds in ("hold-examining examine", "hold-approving approve sign"))
        both = {one: min(n for who, n in examined if who == one) for one in {who for who, _ in examined} & {who for who, _ in approved}}
        if both:
            firsts = {*both.values(), *(min(n for who, n in approved if who == one) for one in both)}
            spelt = {one: _spelt([facts[n] for n in sorted(firsts)], one) for one in both}
            return Seen(place=place, facts=tuple(facts[n] for n in sorted(firsts)), officers=tuple(sorted(spelt.values())))
    return None


def _all(facts: Sequence[KnownAct], deeds: str) -> list[tuple[str, int]]:
    """Everybody who did one of the deeds, with the place."""
    done = [(n, fact) for n, fact in enumerate(facts) if fact.deed.value in deeds.split()]
    whose = [(folded(number), n) for n, fact in done for number in (fact.handed_to or fact.officer, fact.second_officer)]
    return [(who, n) for who, n in whose if who not in ("", "-")]


def _spelt(facts: Sequence[KnownAct], one: str) -> str:
    """The number of a person as it was written first, a second officer's behind the first one's."""
    written = [number for fact in facts for number in (fact.second_officer, fact.handed_to or fact.officer)]
    return next(number for number in written if folded(number) == one)


def after_the_end(facts: Sequence[KnownAct]) -> Seen | None:
    end = _first(facts, Deed.END)
    if end is None:
        return None
    late = [n for n, fact in enumerate(facts) if fact.deed is not Deed.END and fact.at > facts[end].at]
    if not late:
        return None
    place = max(end, late[0])
    shown = tuple(facts[n] for n in late if n <= place)
    return Seen(place=place, facts=(facts[end], *shown), officers=tuple(dict.fromkeys(fact.officer for fact in shown)))


def _first(facts: Sequence[KnownAct], deed: Deed) -> int | None:
    return next((n for n, fact in enumerate(facts) if fact.deed is deed), None)


WHOLE: Final[Mapping[DetectorRule, Callable[[Sequence[KnownAct]], Seen | None]]] = {
    SAME_OFFICER: same_officer,
    SAME_OFFICER_2: same_officer_2,
    AFTER_THE_END: after_the_end,
}
