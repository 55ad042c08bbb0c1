"""Our token for Vault: got when it is first needed, renewed before it ends, and got again when it is not known any more.

A token has a lease; what Vault does not renew for as long as it was given at first is near its greatest age, so we log
in again (openbao/openbao internal/vault/expiration.go, RenewToken: cut to explicit_max_ttl and the mount's maximum).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from pydantic import SecretStr

from reconciler.clients.secrets.vault_line import Forbidden, NotTold, VaultLine
from reconciler.clients.secrets.vault_settings import ByAppRole, ByServiceAccount, ByToken, Way

NOBODY = SecretStr("")
RENEW_AT = 2 / 3  # of a lease


@dataclass(frozen=True, slots=True)
class Lease:
    """A token and how long it is good. given_s: for how long it was good at first."""

    token: SecretStr
    renew_at: float = math.inf
    ends_at: float = math.inf
    given_s: float = math.inf
    is_renewable: bool = False


class TokenKeeper:
    """The token of one server; may be used by several threads. now: seconds of a clock that never goes back."""

    def __init__(self, way: Way, line: VaultLine, now: Callable[[], float]) -> None:
        self._way, self._line, self._now = way, line, now
        self._lease: Lease | None = None
        self._turn = Lock()

    def token(self) -> SecretStr:
        """One that will not end soon. Raises NotTold, ConfigError."""
        with self._turn:
            lease = self._lease
            if lease is None or self._is_replaced(lease):
                lease = self._fresh()
            elif self._now() >= lease.renew_at:
                lease = self._renewed(lease)
            self._lease = lease
            return lease.token

    def is_known(self, token: SecretStr) -> bool:
        """Whether Vault knows it, however little it may. Raises NotTold where that cannot be told."""
        try:
            self._line.ask(lambda vault: vault.auth.token.lookup_self(), token)
        except Forbidden:
            return False
        return True

    def drop(self, token: SecretStr) -> None:
        """It opens nothing any more."""
        with self._turn:
            if self._lease and self._lease.token == token:
                self._lease = None

    def _is_replaced(self, lease: Lease) -> bool:
        """An agent writes a new token into its file before the old one ends."""
        return isinstance(self._way, ByToken) and self._way.token.read() != lease.token

    def _fresh(self) -> Lease:
        way = self._way
        if isinstance(way, ByToken):
            return self._looked_up(way.token.read())
        return self._logged_in(way)

    def _looked_up(self, token: SecretStr) -> Lease:
        """What is left of a token that we were given; one that may not ask is believed to be good."""
        try:
            said = self._line.ask(lambda vault: vault.auth.token.lookup_self(), token)["data"]
        except Forbidden:
            return Lease(token)
        return self._lease_of(token, said.get("ttl"), is_renewable=bool(said.get("renewable")))

    def _logged_in(self, way: ByAppRole | ByServiceAccount) -> Lease:
        try:
            said = self._login(way)
        except NotTold as error:
            if error.passes:
                raise
            wrong = NotTold(f"{error.words}: check {_whence(way)}", passes=True)
        else:
            token = SecretStr(said["client_token"])
            return self._lease_of(token, said.get("lease_duration"), is_renewable=bool(said.get("renewable")))
        raise wrong

    def _login(self, way: ByAppRole | ByServiceAccount) -> dict[str, Any]:
        if isinstance(way, ByServiceAccount):
            jwt = way.token()
            said = self._line.ask(
                lambda vault: vault.auth.kubernetes.login(
                    way.role, jwt.get_secret_value(), use_token=False, mount_point=way.mount
                ),
                NOBODY,
                jwt,
            )
        else:
            role, secret = way.role_id.read(), way.secret_id.read() if way.secret_id else NOBODY
            said = self._line.ask(
                lambda vault: vault.auth.approle.login(
                    role.get_secret_value(),
                    secret.get_secret_value() or None,
                    use_token=False,
                    mount_point=way.mount,
                ),
                NOBODY,
                role,
                secret,
            )
        return dict(said["auth"])

    def _renewed(self, lease: Lease) -> Lease:
        if not lease.is_renewable or self._now() >= lease.ends_at:
            return self._fresh()
        try:
            said = self._line.ask(lambda vault: vault.auth.token.renew_self(), lease.token)["auth"]
        except NotTold as error:
            if error.passes:
                return lease  # it is good still; what is asked for with it will say what is wrong
            return self._fresh()
        longer = self._lease_of(lease.token, said.get("lease_duration"), is_renewable=bool(said.get("renewable")))
        is_cut = longer.given_s < lease.given_s * RENEW_AT and not isinstance(self._way, ByToken)
        return self._fresh() if is_cut else replace(longer, given_s=max(longer.given_s, lease.given_s))

    def _lease_of(self, token: SecretStr, seconds: Any, *, is_renewable: bool) -> Lease:
        """Without a time it never ends, as a root token."""
        if not isinstance(seconds, int | float) or seconds <= 0:
            return Lease(token)
        now = self._now()
        return Lease(token, now + seconds * RENEW_AT, now + seconds, seconds, is_renewable)


def _whence(way: ByAppRole | ByServiceAccount) -> str:
    if isinstance(way, ByServiceAccount):
        return f"VAULT_K8S_ROLE ({way.role}), and the service accounts that auth/{way.mount} lets it have"
    return f"the role id and secret id for auth/{way.mount}"
