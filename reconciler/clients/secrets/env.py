"""`env:NAME`: a variable of the controller's environment."""

from __future__ import annotations

from pydantic import SecretStr

from reconciler.clients.secrets.scheme import Asked, Scheme
from reconciler.model.errors import ConfigError


def _read(asked: Asked) -> SecretStr:
    value = asked.environ.get(asked.name)
    if not value:
        raise ConfigError(
            f"{asked.text}: the environment variable {asked.name} is not set, or empty. Set it, then start again"
        )
    return SecretStr(value)


SCHEME = Scheme("env", _read)
