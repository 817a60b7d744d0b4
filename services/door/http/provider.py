"""The site as a client of an OpenID provider: out with PKCE, state and nonce, back with a code, and nothing believed that does not fit.

What the protocol computes is Authlib's, what is signed is read by joserfc; keys are fetched again when one comes that is not known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.door.settings import Oidc

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""How an identity may be signed. None of them takes the client's secret for a key."""
METADATA_SECONDS: Final = 3600.0
KEYS_SECONDS: Final = 30.0
"""Keys are fetched again for one that is not known, but not more often: anybody can make up a key's name."""
LEEWAY: Final = 60
"""Seconds by which clocks may differ."""
PATIENCE: Final = 10.0


class ProviderAway(Exception):
    """The provider does not answer, or not as providers do."""


class NotBelieved(Exception):
    """What came back is not what was asked for; the message says what does not fit, for the log."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is known of somebody on the way to the provider and back."""

    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Whom the provider says it is."""

    claims: Mapping[str, Any]
    token: str


def state_of(key: str) -> str:
    """The state that goes to the provider and back; the key it is made of stays in the browser."""
    return sha256(b"state " + key.encode("utf-8", "surrogatepass")).hexdigest()


class Provider:
    """The provider that a site's settings name."""

    def __init__(self, told: Oidc, client: httpx2.AsyncClient | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.told, self._clock = told, clock
        self._client = client or httpx2.AsyncClient(timeout=PATIENCE)
        self._metadata: tuple[Mapping[str, Any], float] | None = None
        self._keys: KeySet | None = None
        self._fetched, self._fetching = -KEYS_SECONDS, asyncio.Lock()
        self._answers = 0
        """How often it was asked for its keys, whatever came of it."""

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def address(self, leaving: Leaving, state: str, *, step_up: bool) -> str:
        """Where the browser goes to sign in; with `step_up` by a second factor, even when it has signed in before."""
        more: dict[str, str] = {}
        if step_up:
            more = {"prompt": "login"} | ({"acr_values": " ".join(self.told.second.acr)} if self.told.second.acr else {})
        return str(
            prepare_grant_uri(
                (await self._about())["authorization_endpoint"],
                client_id=self.told.client,
                response_type="code",
                redirect_uri=self.told.back,
                scope=" ".join(self.told.scopes),
                state=state,
                nonce=leaving.nonce,
                code_challenge=create_s256_code_challenge(leaving.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    async def identity(self, leaving: Leaving, code: str, issuer: str | None) -> KnownPerson:
        """Whom the provider says it is. Raises `NotBelieved`, `ProviderAway`."""
        about = await self._about()
        if about.get("authorization_response_iss_parameter_supported") and issuer is None:
            raise NotBelieved("the answer names no issuer")
        if issuer is not None and issuer != about["issuer"]:
            raise NotBelieved("the answer is another issuer's")
        token = await self._token(about["token_endpoint"], leaving, code)
        claims = await self._read(token, about)
        self._check(claims, leaving)
        return KnownPerson(claims, token)

    async def way_out(self, hint: str) -> str:
        """Where the browser goes to sign out at the provider too; empty where it has no such address."""
        end: str | None = (await self._about()).get("end_session_endpoint")
        if not end:
            return ""
        said = {"client_id": self.told.client, "post_logout_redirect_uri": self.told.home} | ({"id_token_hint": hint} if hint else {})
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(said)}"

    # --- what the provider says -----------------------------------------------------------------------------------------------------------

    async def _about(self) -> Mapping[str, Any]:
        """What the provider says of itself, asked once an hour."""
        if self._metadata is None or self._clock() >= self._metadata[1]:
            said = await self._json(get_well_known_url(self.told.issuer, external=True))
            found = OpenIDProviderMetadata(said if isinstance(said, dict) else {})
            if found.get("issuer") != self.told.issuer:
                raise NotBelieved("the provider calls itself otherwise")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(found.get(name), str):
                    raise ProviderAway(f"the provider has no {name}")
            self._metadata = found, self._clock() + METADATA_SECONDS
        return self._metadata[0]

    async def _json(self, address: str) -> Any:
        try:
            answer = await self._client.get(address)
            answer.raise_for_status()
            return answer.json()
        except (httpx2.HTTPError, ValueError) as fault:
            raise ProviderAway(f"{address}: {type(fault).__name__}") from fault

    async def _token(self, address: str, leaving: Leaving, code: str) -> str:
        said = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.told.back, "code_verifier": leaving.verifier}
        secret = self.told.secret()
        try:
            if secret:
                answer = await self._client.post(address, data=said, auth=(quote(self.told.client, safe=""), quote(secret, safe="")))
            else:
                answer = await self._client.post(address, data={**said, "client_id": self.told.client})
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as fault:
            raise ProviderAway(f"{address}: {type(fault).__name__}") from fault
        found = found if isinstance(found, dict) else {}
        if answer.is_error or not isinstance(found.get("id_token"), str):
            raise NotBelieved(f"the code was not taken: {str(found.get('error', answer.status_code))[:80]}")
        return str(found["id_token"])

    async def _read(self, token: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims of a token whose signature is right; a key that is not known is asked for once in a while."""
        keys = await self._known_keys(about)
        try:
            return self._verified(token, keys)
        except (JoseError, ValueError) as fault:
            fresh = await self._known_keys(about, besides=keys)
            if fresh is keys:
                raise NotBelieved(f"the signature: {type(fault).__name__}") from fault
        try:
            return self._verified(token, fresh)
        except (JoseError, ValueError) as fault:
            raise NotBelieved(f"the signature: {type(fault).__name__}") from fault

    @staticmethod
    def _verified(token: str, keys: KeySet) -> Mapping[str, Any]:
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims

    async def _known_keys(self, about: Mapping[str, Any], *, besides: KeySet | None = None) -> KeySet:
        """The provider's keys; others than `besides`, of which none fits, where they may be fetched again, or somebody beside has just done so."""
        before = self._answers
        async with self._fetching:
            if self._keys is None and self._answers != before:
                raise ProviderAway("its keys: whoever asked for them was not answered")
            if self._keys is None or (self._keys is besides and self._clock() >= self._fetched + KEYS_SECONDS):
                self._fetched = self._clock()
                try:
                    self._keys = KeySet.import_key_set(await self._json(about["jwks_uri"]))
                except (JoseError, ValueError, KeyError, TypeError) as fault:
                    raise ProviderAway(f"its keys: {type(fault).__name__}") from fault
                finally:
                    self._answers += 1
            return self._keys

    def _check(self, claims: Mapping[str, Any], leaving: Leaving) -> None:
        there: jwt.ClaimsOption = {"essential": True}
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.told.issuer},
            aud={"essential": True, "value": self.told.client},
            nonce={"essential": True, "value": leaving.nonce},
            sub=there,
            exp=there,
            iat=there,
        )
        try:
            registry.validate(dict(claims))
        except JoseError as fault:
            raise NotBelieved(f"a claim: {fault}") from fault
        others = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if (len(others) > 1 or "azp" in claims) and claims.get("azp") != self.told.client:
            raise NotBelieved("the token is for another client")


def leaving(next_page: str) -> Leaving:
    """Somebody sets out: nonce and verifier drawn anew."""
    return Leaving(generate_token(43), generate_token(64), next_page)
