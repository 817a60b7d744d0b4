"""The detectors: pure functions over the acts on a case, in the order recorded, each with a rule version (decision 0012).

Each is asked at every act until it has seen something; so a whole history, looked through act by act, shows the same however it came. A
detector says what was seen first, and in which act it became visible; it never says "guilty". It can be run over the past at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import Enum
from typing import Final

from libs.decider import record
from services.supervision.events import Detector


class Deed(str, Enum):
    """What an act was, as far as detectors ask."""

    ACT = "act"
    EXAMINE = "examine"
    APPROVE = "approve"
    END = "end"


@record
class KnownAct:
    """An act on a case as it was heard: the `place`th of the case, from 0, in the order recorded; `evidence` names the event that says it."""

    case: str
    place: int
    evidence: str
    deed: Deed
    officer: str
    at: datetime
    imported: bool = False


@record
class Seen:
    """What a detector saw: the acts it rests on, and the place of the act in which it became visible."""

    place: int
    facts: tuple[KnownAct, ...]


@record
class WatchedCase:
    """What is remembered of a case: the acts on it so far, the first of each deed, and what each detector saw in them."""

    acts: tuple[KnownAct, ...] = ()
    first: Mapping[Deed, KnownAct] = field(default_factory=dict)
    seen: Mapping[Detector, Seen] = field(default_factory=dict)


RULE_VERSION: Final = 1
Detect = Callable[[WatchedCase, KnownAct], tuple[KnownAct, ...]]
"""From a case in which the detector has seen nothing so far, and the last act on it, to the acts that show something now; none: nothing."""


def same_officer(case: WatchedCase, _last: KnownAct) -> tuple[KnownAct, ...]:
    """一审一核: the officer who examined first is the one who approved first; first in the order recorded (P-two-persons)."""
    examined, approved = case.first.get(Deed.EXAMINE), case.first.get(Deed.APPROVE)
    return (examined, approved) if examined and approved and examined.officer == approved.officer else ()


def after_the_end(case: WatchedCase, last: KnownAct) -> tuple[KnownAct, ...]:
    """An act at a time strictly later than the case's first end: all of those recorded before the end, or else the first after it."""
    end = case.first.get(Deed.END)
    if end is None:
        return ()
    unasked = case.acts if last is end else (last,)
    late = tuple(act for act in unasked if act.deed is not Deed.END and act.at > end.at)
    return (end, *late) if late else ()


DETECTORS: Final[Mapping[Detector, Detect]] = {Detector.SAME_OFFICER: same_officer, Detector.AFTER_THE_END: after_the_end}


def watched(case: WatchedCase, act: KnownAct) -> WatchedCase:
    """The case after one more act, at which every detector has looked that saw nothing before."""
    after = WatchedCase(acts=(*case.acts, act), first={act.deed: act, **case.first}, seen=case.seen)
    found = {detector: detect(after, act) for detector, detect in DETECTORS.items() if detector not in case.seen}
    new = {detector: Seen(place=len(case.acts), facts=facts) for detector, facts in found.items() if facts}
    return replace(after, seen={**case.seen, **new}) if new else after
