"""The lists of one site, read once each from the service that has them. The client bounds how many run at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from reconciler.model.errors import ReconcilerError
from reconciler.model.rows import COLLECTIONS, Collection, Row, Rows
from reconciler.model.snapshot import Unread
from reconciler.model.words import Scope, Service

Listed: TypeAlias = tuple[tuple[str, str], tuple[Row, ...]]
Job: TypeAlias = tuple[Collection, str, tuple[Row, ...]]
FIRST = ("ihosts", "isystems")  # what every other row is joined to


class Lists(Protocol):
    """What reading needs of a client: one list, to its last page, or one object."""

    async def list(self, path: str, items: str) -> tuple[Row, ...]:
        """The rows of a collection. Raises ReconcilerError."""
        ...

    async def get(self, path: str) -> Any:
        """One object. Raises ReconcilerError."""
        ...


Clients: TypeAlias = Mapping[Service, Lists]
"""Who is asked for what. The lists of a service that is not there are neither read nor missed."""


async def read(clients: Clients, names: Iterable[str]) -> tuple[Rows, tuple[Unread, ...]]:
    """The named collections of a site, in full.

    Hosts and system come first and must be read where there is a platform: without them there is no reading of it, and
    their error is raised. Any other list that fails is named in the second value and is absent from the first.
    """
    first = await asyncio.gather(*(_list(clients, *job) for job in _jobs(clients, frozenset(FIRST), Rows())))
    rows = Rows(dict(first))
    unread: list[Unread] = []
    for some in _rounds(frozenset(names) - frozenset(FIRST)):
        found = await asyncio.gather(*(_list_or_unread(clients, *job) for job in _jobs(clients, some, rows)))
        rows = rows.replaced(f for f in found if not isinstance(f, Unread))
        unread += (f for f in found if isinstance(f, Unread))
    return rows, tuple(unread)


async def look(clients: Clients, rows: Rows, names: Names[str], host: str = "") -> Rows:
    """The same rows with the named lists read again; lists per host for this host only. Raises what reading raises."""
    for some in _rounds(frozenset(names)):
        wanted = (job for job in _jobs(clients, some, rows) if job[1] in {"", host} or not host)
        rows = rows.replaced(await asyncio.gather(*(_list(clients, *job) for job in wanted)))
    return rows


def _rounds(names: frozenset[str]) -> Iterator[frozenset[str]]:
    """The names, those first of whose rows others are made."""
    while names:
        ready = frozenset(name for name in names if COLLECTIONS[name].of not in names)
        yield ready
        names -= ready


def _jobs(clients: Clients, names: frozenset[str], rows: Rows) -> Iterator[Job]:
    """Every list to ask for. One whose rows come of another list's is asked for once for each of those."""
    for name in sorted(names):
        collection = COLLECTIONS[name]
        if collection.service not in clients:
            continue
        if collection.of:
            if rows.has(collection.of):
                yield collection, "", collection.parts(rows.all(collection.of))
        elif collection.scope is Scope.SYSTEM:
            yield collection, "", ({},)
        else:
            hosts = rows.system.hosts.values()
            yield from ((collection, h.name, ({"host": h.uuid, "name": h.name},)) for h in hosts)


async def _list(clients: Clients, collection: Collection, host: str, parts: tuple[Row, ...]) -> Listed:
    asked = (_asked(clients[collection.service], collection, part) for part in parts)
    return (collection.name, host), tuple(row for rows in await asyncio.gather(*asked) for row in rows)


async def _asked(client: Lists, collection: Collection, part: Row) -> tuple[Row, ...]:
    path = collection.path.format(**part)
    rows = (await client.get(path),) if collection.is_object else await client.list(path, collection.items)
    told = part if collection.of else {}
    return tuple(collection.kept({**told, **row}) for row in rows)


async def _list_or_unread(
    clients: Clients, collection: Collection, host: str, parts: tuple[Row, ...]
) -> Listed | Unread:
    try:
        return await _list(clients, collection, host, parts)
    except ReconcilerError as error:
        return Unread(collection.name, host, str(error))
