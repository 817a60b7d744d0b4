"""Whether the code of an agency is a unified social credit code (GB 32100)."""

from __future__ import annotations

from stdnum.cn import uscc


def valid_agency(code: str) -> bool:
    """Whether a code is well formed; lower case and spaces, which the library would take, are not."""
    return code == uscc.compact(code) == code.upper() and uscc.is_valid(code)
