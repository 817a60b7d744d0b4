"""What a process beside the measured one says at its end: all of it, or a loud word of why not."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")


class Unheard(Exception):
    """A process did not say what came of its work."""


def tell(found: msgspec.Struct) -> None:
    """Says it on the standard output. Where Python does not buffer (`PYTHONUNBUFFERED`), `sys.stdout.buffer` writes once, and a signal cuts that short."""
    with open(1, "wb", closefd=False) as out:
        out.write(msgspec.msgpack.encode(found))


def heard(name: str, code: int, said: bytes, kind: type[T]) -> T:
    """What it told. Raises `Unheard` where it failed, or told less than all."""
    if code:
        raise Unheard(f"the {name} ended with {code} after {len(said)} bytes; why stands above")
    try:
        return msgspec.msgpack.decode(said, type=kind)
    except msgspec.DecodeError as error:
        raise Unheard(f"the {name} told {len(said)} bytes, which are not all: {error}") from error
