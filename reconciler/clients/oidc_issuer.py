"""The keys of an OpenID Connect issuer: found by discovery, kept, and asked for anew when a token names another.

Where the issuer does not answer, the keys that are known go on for a day. Who sends tokens with invented keys makes us
ask no more often than twice a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from reconciler.clients import tls
from reconciler.clients.clock import Clock
from reconciler.clients.oidc_errors import PAUSE_S, IssuerDark, TokenRefused
from reconciler.clients.oidc_file import Oidc, safe_url
from reconciler.clients.oidc_role import bearer_of_claims
from reconciler.clients.oidc_token import Claims, Header, Key, fits, header_of, verified
from reconciler.clients.transport import in_words
from reconciler.model.errors import ConfigError, ReconcilerError
from reconciler.model.role import Bearer

WELL_KNOWN = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, 4
FRESH_S = 3_600.0  # a key that the issuer took back is refused after so long
KEPT_S = 86_400.0
TIMEOUT_S = 5.0
LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Known:
    keys: tuple[Key, ...] = ()
    at: float = float("-inf")


class Issuer:
    """Checks tokens of one issuer. Belongs to one event loop."""

    def __init__(self, settings: Oidc, session: aiohttp.ClientSession, clock: Clock) -> None:
        self.settings, self._session, self._clock = settings, session, clock
        self._known, self._asked, self._error = _Known(), float("-inf"), ""
        self._asking = asyncio.Lock()

    async def bearer(self, token: str) -> Bearer:
        """Who holds it, and what he may. Raises TokenRefused, RoleLess, or IssuerDark where nobody can tell."""
        return bearer_of_claims(await self.claims(token), self.settings)

    async def claims(self, token: str) -> Claims:
        """What the token says, once it is proved. Raises TokenRefused, or IssuerDark where nobody can tell."""
        header = header_of(token, self.settings)
        keys = await self._keys(header)
        return verified(token, keys, self.settings, self._clock.now())

    async def _keys(self, header: Header) -> tuple[Key, ...]:
        """The published keys that may have signed it."""
        is_known = self._has(header)
        is_fresh = self._clock.now() - self._known.at < FRESH_S
        # who has a known key does not wait for a look that another has begun
        if not (is_known and (is_fresh or self._asking.locked())):
            await self._look(header)
        if self._clock.now() - self._known.at >= KEPT_S:
            raise IssuerDark(f"{self.settings.issuer} cannot be asked for its keys: {self._error}; try again later")
        if not self._has(header):
            raise self._unknown(header)
        return tuple(key for key in self._known.keys if fits(key, header))

    def _has(self, header: Header) -> bool:
        return any(fits(key, header) for key in self._known.keys)

    def _unknown(self, header: Header) -> ReconcilerError:
        if self._error:
            return IssuerDark(
                f"the token's key is not known, and {self.settings.issuer} cannot be asked: {self._error}; try again later"
            )
        named = f"the key {header.kid[:40]!r}" if header.kid else "no key"
        return TokenRefused(f"the token names {named}, and the issuer publishes none such for {header.algorithm}")

    async def _look(self, header: Header) -> None:
        """The keys as they are now, if it is time to ask."""
        async with self._asking:
            now = self._clock.now()
            is_done = self._has(header) and now - self._known.at < FRESH_S  # by who was before us
            if is_done or now - self._asked < PAUSE_S:
                return
            self._asked = now
            try:
                self._known, self._error = _Known(await self._published(), now), ""
            except ConfigError as error:
                self._error = str(error)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                self._error = in_words(error, TIMEOUT_S)

    async def _published(self) -> tuple[Key, ...]:
        said = await self._read(self.settings.issuer.rstrip("/") + WELL_KNOWN)
        if said.get("issuer") != self.settings.issuer:  # Discovery 4.3: who else might have given it
            raise _GarbledError(f"its discovery document is of the issuer {str(said.get('issuer'))[:200]!r}")
        keys = (await self._read(safe_url(str(said.get("jwks_uri"))))).get("keys")
        if not isinstance(keys, list):
            raise _GarbledError("its key set has no list of keys")
        return tuple(filter(_is_key, keys))

    async def _read(self, url: str) -> dict[str, Any]:
        verify = tls.context(self.settings.ca_bundle)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with self._session.get(url, ssl=verify, timeout=timeout, allow_redirects=False) as answer:
            body = await answer.content.read(LARGEST + 1)
            while len(body) <= LARGEST and (more := await answer.content.read(LARGEST + 1 - len(body))):
                body += more
        if answer.status != 200:
            raise _GarbledError(f"{url} answered {answer.status}")
        if len(body) > LARGEST:
            raise _GarbledError(f"{url} answered more than {LARGEST} bytes")
        said = orjson.loads(body)
        if not isinstance(said, dict):
            raise _GarbledError(f"{url} answered no JSON object")
        return said


class _GarbledError(ValueError):
    """An answer that is not what discovery gives."""


def _is_key(said: object) -> bool:
    """Whether it can be compared with what a token says; what kind of key it is comes later."""
    return isinstance(said, dict) and isinstance(said.get("key_ops", []), list)


@asynccontextmanager
async def open_issuer(settings: Oidc, clock: Clock) -> AsyncIterator[Issuer]:
    """The issuer over a session of its own, which ends with the context. Nothing is asked yet."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Issuer(settings, session, clock)
