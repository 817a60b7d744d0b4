"""查询码: a code given with a case number. What is kept of it is a keyed digest; whoever lost it gets another, and the old one is dead.

The first is made of 60 bits that only who has the site's root can make again, so that a request that is repeated has the same answer; the
others are random.
"""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which are taken for others."""
SIGNS: Final = 12
"""60 bits."""
GROUP: Final = 4
_MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2014": None, "\u2013": None})


def new_code() -> str:
    """A code as it is given to people: XXXX-XXXX-XXXX."""
    return code_of(secrets.token_bytes(8))


def code_of(digest: bytes) -> str:
    """The code that the first 60 bits of a digest are."""
    bits = int.from_bytes(digest[:8], "big") >> 4
    signs = "".join(ALPHABET[bits >> (5 * n) & 31] for n in range(SIGNS))
    return "-".join(signs[n : n + GROUP] for n in range(0, SIGNS, GROUP))


def plain(code: str) -> str:
    """A code as it is compared, however it was written down; empty for what can be none."""
    found = code.strip().upper().translate(_MEANT)
    return found if len(found) == SIGNS and set(found) <= set(ALPHABET) else ""
