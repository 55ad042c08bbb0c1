"""What one Vault or OpenBao keeps in its KV engines, read once for many who ask, and forgotten after a few minutes.

Version 1 and 2 keep a secret at different paths; which one a mount is, it says itself, as `bao kv get` asks it
(openbao/openbao internal/command/kv_helpers.go kvPreflightVersionRequest). Other engines are refused: a read of theirs
makes a new login each time, with a lease that somebody would have to end.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote

import hvac

from reconciler.clients.secrets.vault_line import Absent, Forbidden, NotTold, VaultLine
from reconciler.clients.secrets.vault_settings import VaultSettings
from reconciler.clients.secrets.vault_token import TokenKeeper
from reconciler.model.errors import ConfigError

KEPT_S = 300.0  # so long a secret that was changed may still be used, unless it is found wrong before
FAILED_S = 15.0  # so long what was not told is not asked again: a dead server would hold a thread each time
MOUNT_KEPT_S = 3600.0
MOST = 4096  # secrets that are kept at a time
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """How reading one secret ended, and until when that is told again."""

    until: float
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    error: NotTold | ConfigError | None = None

    def told(self) -> Mapping[str, Any]:
        if self.error:
            raise self.error.with_traceback(None)
        return self.values


@dataclass(frozen=True, slots=True)
class Mount:
    """A KV engine: where it is and of which version."""

    path: str
    version: int
    until: float

    def has(self, path: str) -> bool:
        return path.startswith(f"{self.path}/")


class VaultServer:
    """One server; may be asked by many threads. now: seconds of a clock that never goes back."""

    def __init__(self, settings: VaultSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._line, self._now = VaultLine(settings), now
        self._keeper = TokenKeeper(settings.way, self._line, now)
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._flights: dict[str, Future[Kept]] = {}
        self._mounts: tuple[Mount, ...] = ()
        self._closed = Kept(0.0)
        self._turn = Lock()

    def secret(self, path: str) -> Mapping[str, Any]:
        """The keys and values at MOUNT/PATH. Raises NotTold, ConfigError. Asked for by many at once, it is read once."""
        with self._turn:
            if known := self._known(path):
                return known.told()
            flight = self._flights.get(path)
            is_ours = flight is None
            if flight is None:
                flight = self._flights[path] = Future()
        if is_ours:
            self._fly(path, flight)
        return flight.result().told()

    def forget(self, path: str) -> None:
        """What is there did not open what it should: it is read anew when it is asked for next."""
        with self._turn:
            self._kept.pop(path, None)

    def _known(self, path: str) -> Kept | None:
        """What is told without asking."""
        now = self._now()
        kept = self._kept.get(path)
        if kept and now < kept.until:
            return kept
        return self._closed if now < self._closed.until else None

    def _fly(self, path: str, flight: Future[Kept]) -> None:
        try:
            found = self._read(path)
        except (NotTold, ConfigError) as error:
            found = Kept(self._now() + FAILED_S, error=error)
        except BaseException as error:
            self._land(path)
            flight.set_exception(error)
            raise
        self._land(path, found)
        flight.set_result(found)

    def _land(self, path: str, found: Kept | None = None) -> None:
        with self._turn:
            del self._flights[path]
            if found is None:
                return
            if isinstance(found.error, NotTold) and found.error.passes:
                self._closed = found  # the server, or the way to it: for all that is asked of it
                return
            self._kept[path] = found
            self._kept.move_to_end(path)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def _read(self, path: str) -> Kept:
        mount = self._mount(path)
        below = path.removeprefix(f"{mount.path}/")
        try:
            said = self._asked(lambda vault: _kv(vault, mount, below))
        except Forbidden as error:
            policy = f'path "{_api_path(mount, below)}" {{ capabilities = ["read"] }}'
            wrong = NotTold(f"we may not read it: {error.words}. A policy of ours needs {policy}")
        except Absent:
            wrong = NotTold(f"there is nothing at {path}, or its last version was deleted")
            self._doubt(mount)
        else:
            values = said["data"]["data"] if mount.version == 2 else said["data"]
            return Kept(self._now() + _kept_s(said), values or {})
        raise wrong

    def _mount(self, path: str) -> Mount:
        now = self._now()
        known = next((mount for mount in self._mounts if mount.has(path) and now < mount.until), None)
        if known:
            return known
        found = self._asked_mount(path)
        with self._turn:
            self._mounts = (*(mount for mount in self._mounts if mount.path != found.path), found)
        return found

    def _doubt(self, mount: Mount) -> None:
        """It may be of another version by now."""
        with self._turn:
            self._mounts = tuple(one for one in self._mounts if one != mount)

    def _asked_mount(self, path: str) -> Mount:
        try:
            said = self._asked(lambda vault: vault.read(f"sys/internal/ui/mounts/{quote(path)}") or {"data": {}})
        except Forbidden as error:
            wrong = f"there is no such mount, or no policy of ours lets us see it: {error.words}"
        else:
            data = said["data"]
            where = str(data.get("path") or path.partition("/")[0]).rstrip("/")  # an old server says nothing: version 1
            if data.get("type", "kv") in {"kv", "generic"} and path.startswith(f"{where}/"):
                version = (data.get("options") or {}).get("version")
                return Mount(where, 2 if version == "2" else 1, self._now() + MOUNT_KEPT_S)
            wrong = f"{where} is an engine of type {data.get('type')}, and secrets are read from kv only"
        raise NotTold(wrong)

    def _asked(self, request: Callable[[hvac.Client], Any]) -> dict[str, Any]:
        """With our token; with another, where it is not known any more."""
        token = self._keeper.token()
        try:
            return self._line.ask(request, token)
        except Forbidden as error:
            if self._keeper.is_known(token):
                raise
            words = error.words
        self._keeper.drop(token)
        if (another := self._keeper.token()) == token:
            raise Forbidden(f"{words}; our token is not known there any more: give us another")
        return self._line.ask(request, another)


def _kv(vault: hvac.Client, mount: Mount, below: str) -> Any:
    if mount.version == 2:
        return vault.secrets.kv.v2.read_secret_version(below, mount_point=mount.path, raise_on_deleted_version=True)
    return vault.secrets.kv.v1.read_secret(below, mount_point=mount.path)


def _api_path(mount: Mount, below: str) -> str:
    return f"{mount.path}/data/{below}" if mount.version == 2 else f"{mount.path}/{below}"


def _kept_s(said: Mapping[str, Any]) -> float:
    """As long as ours, or as Vault says: KV version 1 gives each secret a `ttl`, after which it is to be read again."""
    lease = said.get("lease_duration")
    return min(KEPT_S, lease) if isinstance(lease, int) and lease > 0 else KEPT_S
