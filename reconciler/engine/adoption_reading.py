"""The sites that are to be adopted, as they are: read from their APIs now, or from inventory files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from reconciler.clients import (
    Clock,
    Derived,
    Endpoint,
    ServiceOpener,
    late_site,
    open_central,
    open_session,
    service_opener,
)
from reconciler.engine.central import Central
from reconciler.engine.in_turn import AT_ONCE, in_turn
from reconciler.engine.preview import rows_of
from reconciler.engine.reaching import Reaching
from reconciler.engine.remote import SiteRemote
from reconciler.model.errors import ConfigError, NotReady, ReconcilerError
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret


@dataclass(frozen=True, slots=True)
class Seen:
    """One site as it is, or why it could not be read whole."""

    site: str
    snapshot: Snapshot | None = None
    error: ReconcilerError | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """How sites are found. central: whose subclouds they are, where they are derived."""

    endpoints: Mapping[str, Endpoint]
    derived: Derived | None = None
    central: Endpoint | None = None


class Reachable:
    """The sites that can be read live. Made by `reachable`."""

    def __init__(self, ways: Ways, opens: ServiceOpener, clock: Clock, centre: Central) -> None:
        self._ways, self._opens, self._clock, self._centre = ways, opens, clock, centre
        self._reaching = Reaching(ways.endpoints, ways.derived, centre, lambda _site: None, clock)

    async def names(self) -> frozenset[str]:
        """Those of the endpoints file, and those of dcmanager where they are derived. Raises ReconcilerError."""
        derived = await self._centre.rows() if self._ways.derived else {}
        return frozenset(self._ways.endpoints) | frozenset(derived)

    async def read(self, names: Iterable[str], kinds: Kinds, at_once: int = AT_ONCE) -> AsyncIterator[Seen]:
        """Every site as its API shows it now, so many at a time, in the order in which they answer."""

        async def one(name: str) -> Seen:
            try:
                clients = late_site(self._reaching.of(name), self._opens)
                return Seen(name, _whole(await SiteRemote(name, clients.platform, kinds, self._clock).observe()))
            except ReconcilerError as error:
                return Seen(name, error=error)

        async for seen in in_turn(names, one, at_once):
            yield seen


@asynccontextmanager
async def reachable(ways: Ways, clock: Clock) -> AsyncIterator[Reachable]:
    """The sites, over one session."""
    async with open_session() as session:
        centre = Central(
            lambda: ways.central, lambda endpoint: open_central(endpoint, lambda: nullcontext(session), clock), clock
        )
        try:
            yield Reachable(ways, service_opener(session, clock), clock, centre)
        finally:
            await centre.close()


def recorded(site: str, inventory: Mapping[str, Any], kinds: Kinds) -> Snapshot:
    """The site as an inventory shows it."""
    return interpret(site, rows_of(inventory), kinds, 0.0)


def of_file(site: str, file: Path, kinds: Kinds) -> Seen:
    """The site as an inventory file shows it."""
    try:
        return Seen(site, _whole(recorded(site, _inventory(file), kinds)))
    except ReconcilerError as error:
        return Seen(site, error=error)


def _whole(seen: Snapshot) -> Snapshot:
    """A site that was read in part would be written down in part."""
    if seen.unread:
        first = seen.unread[0]
        raise NotReady(f"{first.collection} was not read: {first.reason}; adopt the site again later")
    if not seen.system.hosts:
        raise ConfigError("no host is listed: the site has none yet, or this is no inventory of one", seen.site)
    return seen


def _inventory(file: Path) -> Mapping[str, Any]:
    try:
        found = orjson.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"no inventory ({error}): write it anew with `stxr inventory`", str(file)) from None
    if not isinstance(found, Mapping):
        raise ConfigError("no inventory (not a mapping of lists): write it anew with `stxr inventory`", str(file))
    return found
