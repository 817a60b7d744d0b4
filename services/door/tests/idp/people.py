"""Who is known at the providers: the users of `realm.json`, which Keycloak imports and oidc-provider's script reads."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

REALM: Final = Path(__file__).parent / "realm.json"
SITE: Final = "http://liandong.test"
DIGITS, PERIOD = 6, 30
MANY: Final = frozenset({"nodes"})
"""Attributes that are lists."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at the provider."""

    name: str
    password: str
    claims: Mapping[str, Any]
    """What the provider says of them, as its mappers make it."""
    seed: bytes = b""
    """Of which their second factor's numbers are made."""

    def number(self) -> str:
        """What their second factor shows now."""
        return TOTP(self.seed, DIGITS, SHA1(), PERIOD).generate(int(time.time())).decode() if self.seed else ""


def _read(user: Mapping[str, Any]) -> Person:
    said = {key: values if key in MANY else values[0] for key, values in user["attributes"].items()}
    kept = {one["type"]: one for one in user["credentials"]}
    seed = json.loads(kept["otp"]["secretData"])["value"].encode() if "otp" in kept else b""
    return Person(user["username"], kept["password"]["value"], {**said, "roles": user["realmRoles"]}, seed)


PEOPLE: Final = {user["username"]: _read(user) for user in json.loads(REALM.read_text(encoding="utf-8"))["users"]}
