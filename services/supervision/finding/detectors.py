"""The detectors: pure functions over the acts on a case, in the order recorded, each under a version of its rule (decision 0012).

Each is asked at every act until it has seen something; so a whole history, looked through act by act, shows the same however it came. A
detector says what was seen first, and in which act it became visible; it never says "guilty". It can be run over the past at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import Enum
from typing import Final

from libs.codes import folded
from libs.decider import record
from services.supervision.events import Detector


class Deed(str, Enum):
    """What an act was, as far as detectors ask. `HOLD_…`: a step of that role came into an officer's hands."""

    ACT = "act"
    HOLD_EXAMINING = "hold-examining"
    EXAMINE = "examine"
    HOLD_APPROVING = "hold-approving"
    APPROVE = "approve"
    SIGN = "sign"
    END = "end"


EXAMINING: Final = frozenset({Deed.HOLD_EXAMINING, Deed.EXAMINE})
"""The deeds that make an examiner of whoever does them."""
APPROVING: Final = frozenset({Deed.HOLD_APPROVING, Deed.APPROVE, Deed.SIGN})
"""The deeds that no examiner of the case may do."""
NOBODY: Final = frozenset({"", "-"})
"""What stands where no number of an officer does."""


@record
class KnownAct:
    """An act on a case as it was heard: the `place`th of the case, from 0, in the order recorded; `evidence` names the event that says it.

    `handed_to`: into whose hands `officer` gave a step; empty for every act that hands none over.
    """

    case: str
    place: int
    evidence: str
    deed: Deed
    officer: str
    at: datetime
    imported: bool = False
    second_officer: str = ""
    handed_to: str = ""

    @property
    def doers(self) -> Mapping[str, str]:
        """Who did the deed, or had a step come into their hands by it: each person with the number as it was written."""
        written = (self.handed_to or self.officer, self.second_officer)
        return {folded(number): number for number in written if folded(number) not in NOBODY}


@record
class Seen:
    """What a detector saw: the acts it rests on, whose they are, and the place of the act in which it became visible."""

    place: int
    facts: tuple[KnownAct, ...]
    officers: tuple[str, ...]


@record
class DetectorRule:
    """A detector under one version of its rule. What was seen under an earlier version stays."""

    detector: Detector
    version: int


@record
class WatchedCase:
    """What is remembered of a case: the acts on it so far, the first of each deed, and what each detector saw in them.

    `examiners`, `approvers`: each person who did such a deed, with the first act that says so. `imported`: all acts so far were.
    """

    acts: tuple[KnownAct, ...] = ()
    first: Mapping[Deed, KnownAct] = field(default_factory=dict)
    examiners: Mapping[str, KnownAct] = field(default_factory=dict)
    approvers: Mapping[str, KnownAct] = field(default_factory=dict)
    imported: bool = True
    seen: Mapping[DetectorRule, Seen] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The place of the last act on the case."""
        return len(self.acts) - 1


Detect = Callable[[WatchedCase, KnownAct], Seen | None]
"""From a case in which the detector has seen nothing so far, and the last act on it, to what that act shows; None: nothing."""


def first_is_first(case: WatchedCase, _last: KnownAct) -> Seen | None:
    """一审一核, version 1: in a case that was imported whole, the officer who examined first is the one who approved first."""
    examined, approved = case.first.get(Deed.EXAMINE), case.first.get(Deed.APPROVE)
    if not case.imported or examined is None or approved is None or examined.officer != approved.officer:
        return None
    return Seen(place=case.last, facts=(examined, approved), officers=(examined.officer,))


def any_is_any(case: WatchedCase, _last: KnownAct) -> Seen | None:
    """一审一核, version 2: in every other case, anybody who examined, or held or seconded an examining step, is among those who approved, who
    held or seconded an approving step, or who signed (P-two-persons).
    """
    both = case.examiners.keys() & case.approvers.keys()
    if case.imported or not both:
        return None
    shown = {act.place: act for who in both for act in (case.examiners[who], case.approvers[who])}
    facts = tuple(act for _, act in sorted(shown.items()))
    written = {who: number for act in reversed(facts) for who, number in act.doers.items()}
    return Seen(place=case.last, facts=facts, officers=tuple(sorted(written[who] for who in both)))


def after_the_end(case: WatchedCase, last: KnownAct) -> Seen | None:
    """An act at a time strictly later than the case's first end: all of those recorded before the end, or else the first after it."""
    end = case.first.get(Deed.END)
    if end is None:
        return None
    unasked = case.acts if last is end else (last,)
    late = tuple(act for act in unasked if act.deed is not Deed.END and act.at > end.at)
    return Seen(place=case.last, facts=(end, *late), officers=tuple(dict.fromkeys(act.officer for act in late))) if late else None


DETECTORS: Final[Mapping[DetectorRule, Detect]] = {
    DetectorRule(detector=Detector.SAME_OFFICER, version=1): first_is_first,
    DetectorRule(detector=Detector.SAME_OFFICER, version=2): any_is_any,
    DetectorRule(detector=Detector.AFTER_THE_END, version=1): after_the_end,
}


def watched(case: WatchedCase, act: KnownAct) -> WatchedCase:
    """The case after one more act, at which every detector has looked that saw nothing before."""
    doers = dict.fromkeys(act.doers, act)
    after = WatchedCase(
        acts=(*case.acts, act),
        first={act.deed: act, **case.first},
        examiners={**doers, **case.examiners} if act.deed in EXAMINING else case.examiners,
        approvers={**doers, **case.approvers} if act.deed in APPROVING else case.approvers,
        imported=case.imported and act.imported,
        seen=case.seen,
    )
    found = {rule: detect(after, act) for rule, detect in DETECTORS.items() if rule not in case.seen}
    new = {rule: seen for rule, seen in found.items() if seen}
    return replace(after, seen={**case.seen, **new}) if new else after
