"""One request at a time to Vault or OpenBao, by hvac, and what went wrong in our words.

hvac knows the paths and forms of the API. What it would take from the environment of whoever runs us (a token of
~/.vault-token, proxies, .netrc) is kept from it, and a redirect is not followed: the token would go along with it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hvac
import requests
from hvac import exceptions
from pydantic import SecretStr

from reconciler.clients import tls
from reconciler.clients.causes import causes_of, deepest
from reconciler.clients.secrets.masking import masked
from reconciler.clients.secrets.vault_settings import VaultSettings

CONNECT_S, READ_S = 5.0, 10.0
LONGEST = 300  # characters of Vault's own words that are shown
NOT_NOW = {
    exceptions.VaultDown: "is sealed: unseal it",
    exceptions.VaultNotInitialized: "is not initialised",
    exceptions.RateLimitExceeded: "says that we ask too often",
}
TLS = (ssl.SSLError, requests.exceptions.SSLError)


@dataclass(eq=False)
class NotTold(Exception):  # noqa: N818 - what happened
    """Vault gave no secret, and why. Says none itself.

    passes: asked again later, it may; for whatever we ask, for it is the server or the way to it.
    """

    words: str
    passes: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.words)


class Forbidden(NotTold):
    """403: no token that it knows, or one whose policies do not let it."""


class Absent(NotTold):
    """404."""


class VaultLine:
    """Requests to one server; may be used by several threads."""

    def __init__(self, settings: VaultSettings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(settings.ca_file) if settings.ca_file else _machines_cas()

    def ask(self, request: Callable[[hvac.Client], Any], token: SecretStr, *shown: SecretStr) -> dict[str, Any]:
        """The answer's body. shown: secrets beside the token that it may repeat. Raises NotTold, ConfigError."""
        tls.context(self._settings.ca_file)  # says what is wrong with a bundle
        try:
            found = request(self._client(token))
        except (exceptions.VaultError, requests.RequestException) as error:
            wrong = self._told(error, (token, *shown))
        else:
            if isinstance(found, dict):
                return found
            wrong = NotTold(f"{self._settings.address} {_odd(found)}", passes=True)
        raise wrong

    def _client(self, token: SecretStr) -> hvac.Client:
        return hvac.Client(
            self._settings.address,
            token.get_secret_value(),  # "" keeps it from looking for one
            session=self._session,
            timeout=(CONNECT_S, READ_S),
            allow_redirects=False,
            namespace=self._settings.namespace or None,
        )

    def _told(self, error: Exception, secrets: tuple[SecretStr, ...]) -> NotTold:
        at = self._settings.address
        if not isinstance(error, exceptions.VaultError):
            return NotTold(f"{at} {_unanswered(error)}", passes=True)
        said = masked(" ".join(" ".join(map(str, error.errors or ())).split()), secrets)[:LONGEST]
        words = f"{at} says: {said}" if said else f"{at} gives no reason"
        if isinstance(error, exceptions.Forbidden | exceptions.Unauthorized):
            return Forbidden(words)
        if isinstance(error, exceptions.InvalidPath):
            return Absent(words)
        if isinstance(error, exceptions.InvalidRequest):
            return NotTold(words)
        why = next((why for kind, why in NOT_NOW.items() if isinstance(error, kind)), f"fails: {said or 'no reason'}")
        return NotTold(f"{at} {why}", passes=True)


def _unanswered(error: Exception) -> str:
    causes = tuple(causes_of(error))
    if any(isinstance(cause, TLS) for cause in causes):
        return deepest(causes, "does not speak TLS with us")
    if isinstance(error, requests.ConnectTimeout):
        return f"cannot be reached: nobody answered within {CONNECT_S:g} s"
    if isinstance(error, requests.Timeout):
        return f"gave no answer within {READ_S:g} s"
    return f"cannot be reached: {deepest(causes, 'the connection ended before the answer did')}"


def _odd(answer: Any) -> str:
    if isinstance(answer, requests.Response) and answer.is_redirect:
        where = answer.headers.get("Location", "")
        return f"sends us on to {where}, and our token is not taken there: name the active server in VAULT_ADDR"
    return "answers, but not as Vault does: is VAULT_ADDR the right one?"


def _machines_cas() -> str | bool:
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True
