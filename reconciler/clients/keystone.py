"""The token of one site: asked for once however many need it, renewed before it ends, and once more on a 401.

The request is that of keystoneauth1 (openstack/keystoneauth, identity/v3/base.py and password.py): password method,
scoped to a project by name. The catalogue is not asked for: service URLs are in the endpoints file, since a subcloud's
own catalogue names addresses that only the site can reach.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from reconciler.clients.clock import Clock
from reconciler.clients.endpoints import Credentials, Endpoint
from reconciler.clients.faults import error_of, garbled
from reconciler.clients.http import Line
from reconciler.clients.json import decode, encode
from reconciler.clients.message import Answer, Request
from reconciler.model.errors import ConfigError, ReconcilerError, Unauthorized

SERVICE = "keystone"
PATH = "/v3/auth/tokens"
RENEW_AT = 0.8  # of a token's life
# StarlingX locks an account for 1800 s after 5 wrong passwords (starlingx/stx-puppet, modules/openstack/manifests/
# keystone.pp lockout_retries, lockout_period). One try in 600 s never gets there, nor shuts out the site's own people.
REJECTED_PAUSE_S = 600.0


@dataclass(frozen=True, slots=True)
class Token:
    value: SecretStr
    renew_at: float  # Unix seconds


@dataclass(frozen=True, slots=True)
class _Rejection:
    """A password that Keystone did not take, and until when it is not tried again."""

    password: SecretStr
    fault: str
    until: float


class TokenBroker:
    """Tokens of one site. All methods may be called by many at once."""

    def __init__(self, endpoint: Endpoint, line: Line, clock: Clock) -> None:
        self._endpoint = endpoint
        self._line = line
        self._clock = clock
        self._token: Token | None = None
        self._rejection: _Rejection | None = None
        self._flight = asyncio.Lock()
        self._flights = 0
        self._failure: ReconcilerError | None = None

    async def token(self) -> Token:
        """A token that will not end soon. Raises Unauthorized, Unreachable, Refused or ConfigError."""
        return await self._unless(lambda t: self._clock.now() < t.renew_at)

    async def renewed(self, rejected: Token) -> Token:
        """A token other than one that a service has rejected. Raises as `token`."""
        return await self._unless(lambda t: t is not rejected and self._clock.now() < t.renew_at)

    async def _unless(self, good: Callable[[Token], bool]) -> Token:
        """The present token if it is good. Otherwise one flight is made, and whoever waited shares how it ended."""
        if self._token and good(self._token):
            return self._token
        flight = self._flights
        async with self._flight:
            if self._flights != flight and self._failure:
                raise self._failure
            if not (self._token and good(self._token)):
                self._token = await self._fly()
            return self._token

    async def _fly(self) -> Token:
        self._failure = None
        try:
            token = await self._fresh()
        except ReconcilerError as error:
            self._failure = error
            self._flights += 1
            raise
        self._flights += 1
        return token

    async def _fresh(self) -> Token:
        now, password = self._clock.now(), await self._endpoint.password_now()
        self._refuse_what_was_rejected(password, now)
        try:
            return await self._asked(password, now)
        except Unauthorized:
            another = await self._changed(password)
            if another is None:
                raise
        return await self._asked(another, now)

    async def _changed(self, rejected: SecretStr) -> SecretStr | None:
        """The password as whoever keeps it has it now, where that is another than was tried."""
        self._endpoint.forget_password()
        with suppress(ConfigError):  # what is wrong with the one that was tried is the news
            fresh = await self._endpoint.password_now()
            return fresh if fresh != rejected else None
        return None

    async def _asked(self, password: SecretStr, now: float) -> Token:
        request = self._request(password)
        answer = await self._line.exchange(request)
        if answer.status == 201:
            return self._read(answer, request, now)
        error = error_of(answer, request, self._endpoint.name)
        if isinstance(error, Unauthorized):
            self._rejection = _Rejection(password, error.fault, now + REJECTED_PAUSE_S)
        raise error

    def _refuse_what_was_rejected(self, password: SecretStr, now: float) -> None:
        """A wrong password is not tried at every visit, and a new one is tried at once."""
        past = self._rejection
        if past and past.password == password and now < past.until:
            wait = f"not tried again for {past.until - now:.0f} s with the same password, lest the account be locked"
            raise Unauthorized(SERVICE, "POST", PATH, 401, f"{past.fault.rstrip('.')}; {wait}", self._endpoint.name)

    def _request(self, password: SecretStr) -> Request:
        body, secrets = encode(token_request(self._endpoint.credentials, password))
        return Request(
            service=SERVICE,
            method="POST",
            url=f"{self._endpoint.auth_url.removesuffix('/v3')}{PATH}?nocatalog",
            path=PATH,
            timeout_s=self._line.limits.read_s,
            repeatable=True,
            body=body,
            headers={"Content-Type": "application/json"},
            secrets=secrets,
        )

    def _read(self, answer: Answer, request: Request, asked_at: float) -> Token:
        value = answer.headers.get("X-Subject-Token")
        if not value:
            raise garbled(request, self._endpoint.name, "201 without X-Subject-Token")
        try:
            life_s = _life_s(decode(answer.body))
        except (ValueError, KeyError, TypeError):
            raise garbled(request, self._endpoint.name, "a token without a readable life") from None
        return Token(SecretStr(value), asked_at + RENEW_AT * life_s)


def token_request(credentials: Credentials, password: SecretStr) -> dict[str, Any]:
    """The body of POST /v3/auth/tokens (openstack/keystone api-ref, password authentication, scoped)."""
    user_domain, project_domain = credentials.user_domain_name, credentials.project_domain_name
    user = {"password": password, "name": credentials.username, "domain": {"name": user_domain}}
    project = {"name": credentials.project_name, "domain": {"name": project_domain}}
    return {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": project},
        }
    }


def _life_s(body: Any) -> float:
    """Seconds from issue to end, by the site's clock alone: ours may be far from it."""
    token = body["token"]
    ends, began = (datetime.fromisoformat(token[name]) for name in ("expires_at", "issued_at"))
    return (ends - began).total_seconds()
