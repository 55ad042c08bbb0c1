"""`vault:MOUNT/PATH#KEY`: a value that HashiCorp Vault or OpenBao keeps in a KV engine, of version 2 or 1.

Which server that is, and who we are there, is said in the controller's environment (vault_settings.py) and never in Git:
who edits Git would choose where our token goes.

hvac speaks to it: the client of Ansible, Airflow and Salt, whose calls block. References are read in threads, so that
suits, and no client for asyncio is as well kept. Ours are the token's life, what is kept for how long, and who waits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from reconciler.clients.secrets.scheme import Asked, Scheme
from reconciler.clients.secrets.vault_settings import VaultSettings, vault_settings
from reconciler.model import reference
from reconciler.model.errors import ConfigError, SecretUnread

if TYPE_CHECKING:
    from reconciler.clients.secrets.vault_server import VaultServer

FORM = re.compile(reference.VAULT)


@lru_cache(maxsize=4)
def _server(settings: VaultSettings) -> VaultServer:
    from reconciler.clients.secrets.vault_server import VaultServer  # noqa: PLC0415 - hvac, which not everybody has

    return VaultServer(settings)


def server_of(environ: Mapping[str, str]) -> VaultServer:
    """The server that the environment names, with what it told already. Raises ConfigError."""
    if find_spec("hvac") is None:
        raise ConfigError("secrets of Vault need hvac: pip install 'stx-reconciler[vault]'")
    return _server(vault_settings(environ))


def _read(asked: Asked) -> SecretStr:
    path, _, key = asked.name.partition("#")
    if not FORM.fullmatch(asked.text):
        raise ConfigError(f"{asked.text}: must be vault:MOUNT/PATH#KEY, and no step of it begins with a dot")
    return value_of(_told(asked, path), key, asked.text)


def _told(asked: Asked, path: str) -> Mapping[str, Any]:
    from reconciler.clients.secrets.vault_line import NotTold  # noqa: PLC0415

    try:
        return server_of(asked.environ).secret(path)
    except ConfigError as error:
        wrong = ConfigError(f"{asked.text}: {error}")
    except NotTold as error:
        wrong = (SecretUnread if error.passes else ConfigError)(f"{asked.text}: {error.words}")
    raise wrong


def value_of(values: Mapping[str, Any], key: str, text: str) -> SecretStr:
    """One of a secret's values, without the end of its last line. Raises ConfigError."""
    if key not in values:
        there = f"it has {', '.join(sorted(values))}" if values else "it has none"
        raise ConfigError(f"{text}: the secret has no key {key}; {there}")
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ConfigError(f"{text}: {key} is no text there, but {type(value).__name__}: write it as one")
    if not (said := str(value).rstrip("\r\n")):
        raise ConfigError(f"{text}: {key} is empty")
    return SecretStr(said)


def _forget(asked: Asked) -> None:
    try:
        server_of(asked.environ).forget(asked.name.partition("#")[0])
    except ConfigError:
        return  # nothing was ever read there


SCHEME = Scheme("vault", _read, waits=True, forget=_forget)
