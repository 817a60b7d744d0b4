"""A document that a citizen hands in: why it, or a piece of it, is not taken."""

from __future__ import annotations

from libs.decider import Refused
from services.vault.law import refused


def not_taken(why: str, number: int = 0) -> Refused:
    """The refusal. `number`: the right offset, or the bound. Raises `LookupError` for what is no reason."""
    return _OF_PIECES[why](number) if why in _OF_PIECES else _OF_WHOLES[why]()


_OF_PIECES = {
    "too-many-uploads": lambda number: refused("too-many-uploads", most=number),
    "too-many-documents": lambda number: refused("too-many-documents", most=number),
    "wrong-offset": lambda number: refused("wrong-offset", right=number),
    "piece-differs": lambda number: refused("piece-differs", right=number),
    "piece-too-small": lambda number: refused("piece-too-small", least=number),
    "beyond-the-end": lambda number: refused("beyond-the-end", size=number),
    "not-complete": lambda number: refused("not-complete", right=number),
}
_OF_WHOLES = {
    "digest-differs": lambda: refused("digest-differs"),
    "type-not-taken": lambda: refused("type-not-taken"),
    "other-type": lambda: refused("other-type"),
    "spoilt-file": lambda: refused("spoilt-file"),
    "unpacks-too-large": lambda: refused("unpacks-too-large"),
    "infected": lambda: refused("infected"),
}
