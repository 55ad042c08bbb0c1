"""The sites that are to be adopted, as they are: read from their APIs now, or from inventory files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from reconciler.clients import Clock, Endpoint, open_session, open_site
from reconciler.engine.in_turn import AT_ONCE, in_turn
from reconciler.engine.preview import rows_of
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


async def live(
    endpoints: Iterable[Endpoint], kinds: Kinds, clock: Clock, at_once: int = AT_ONCE
) -> AsyncIterator[Seen]:
    """Every site as its API shows it now, so many at a time, in the order in which they answer."""
    by_name = {endpoint.name: endpoint for endpoint in endpoints}
    async with open_session() as session:

        async def read(name: str) -> Seen:
            try:
                async with open_site(by_name[name], lambda: nullcontext(session), clock) as clients:
                    return Seen(name, _whole(await SiteRemote(name, clients.platform, kinds, clock).observe()))
            except ReconcilerError as error:
                return Seen(name, error=error)

        async for seen in in_turn(by_name, read, at_once):
            yield seen


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
