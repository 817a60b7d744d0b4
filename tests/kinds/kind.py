"""What a kind is: its id, what a person did and what must come of it, who reported it, and how it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.kinds.desk import Desk

Try = Callable[[Desk], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `source`: a public report as `owner/repository#number`, or whose file it was. `server`: it needs PostgreSQL. `skipped`: why it
    is not tried here; None: it is.
    """

    id: str
    sentence: str
    source: str
    tries: Try
    server: bool = False
    skipped: str | None = None


class Topic:
    """The kinds of one topic, in the order in which they are written down."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []

    def kind(self, slug: str, sentence: str, source: str, *, server: bool = False) -> Callable[[Try], Try]:
        """Writes down a kind, tried by the function below."""

        def keep(tries: Try) -> Try:
            self.kinds.append(Kind(slug, sentence, source, tries, server))
            return tries

        return keep
