"""What the vault promises: that data was opened, and for what; that it was erased; that a code was given anew; what an auditor read. Never what
the data was.
"""

from __future__ import annotations

from datetime import datetime

from libs.decider import record


@record
class DataOpened:
    """An officer opened these fields of a subject, for an act on a case; `case` empty: the subject had none yet. Said before the data is shown."""

    subject: str
    node: str
    fields: tuple[str, ...]
    act: str
    case: str
    officer: str
    at: datetime


@record
class DataErased:
    """Key, ciphertext and digests of a subject were destroyed; `officer` asked for it."""

    subject: str
    node: str
    officer: str
    at: datetime


@record
class FollowCodeReissued:
    """The code of a case was given anew, for the `number`th time, and the one before is dead."""

    case: str
    node: str
    number: int
    officer: str
    at: datetime


@record
class RecordsRead:
    """Somebody whose every read is recorded, an auditor, reads: by which act, about which node (`about`; empty: about several), at which address,
    without what was asked behind it. Said before it is answered, in the log of the node, or of the site's own where it is another's.
    """

    reader: str
    node: str
    act: str
    about: str
    path: str
    at: datetime


Event = DataOpened | DataErased | FollowCodeReissued | RecordsRead
