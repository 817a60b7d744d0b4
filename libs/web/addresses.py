"""Addresses made of parts that somebody else said: each part stays one part, and leads nowhere else."""

from __future__ import annotations

from typing import NewType
from urllib.parse import quote, unquote, urlsplit

from starlette.exceptions import HTTPException

from libs.codes import has_personal_number, told_path

Inner = NewType("Inner", str)
"""An address within this house, made by `inner` and by nothing else."""


def inner(pattern: str, **parts: str) -> Inner:
    """`inner("/hub/cases/{case}", case=…)`. Raises `HTTPException` (404) for a part that is none: nothing stands there, and nobody is asked.

    A part with a slash is none even when it is quoted, for servers take `%2F` for a slash.
    """
    if not all(map(_is_part, parts.values())):
        raise HTTPException(404)
    return Inner(pattern.format_map({name: quoted(value) for name, value in parts.items()}))


def quoted(value: str) -> str:
    """A text as one part of an address. In a link a slash is quoted too: what others wrote can lead to nothing but a page that is not there."""
    return quote(value, safe=":")


def local(path: str) -> str:
    """`path` when it leads to a page of this site, else the first page: nobody is sent elsewhere by a link to us, and no address that follows has
    somebody's number in it.
    """
    if has_personal_number(unquote(path)):
        return "/"
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


def back_to(path: str, query: str, *, refused: bool) -> str:
    """Where a switch on a page leads back to. Of an address at which nothing was shown only ours is repeated."""
    if refused:
        return path if told_path(path) == path else "/"
    return local(f"{path}?{query}" if query else path)


def _is_part(value: str) -> bool:
    return value not in ("", ".", "..") and value.isprintable() and "/" not in value and "\\" not in value
