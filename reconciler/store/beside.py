"""A look into a store that another process may own, and a word in it, which its owner heeds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.alarming import Alarming
from reconciler.model.drift import SiteDrift
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.errors import Held
from reconciler.model.history import Sending
from reconciler.model.removal import Removal
from reconciler.model.replica import Lease, Replica
from reconciler.model.rollout import Rollout
from reconciler.model.verdict import Verdict
from reconciler.store.database import FILE, engine_of, file_url
from reconciler.store.drift import Ended
from reconciler.store.memory import Recalled
from reconciler.store.schema import is_made, migrate
from reconciler.store.store import Store


def recall(folder: Path, url: str = "") -> Recalled:
    """The memory of a state folder, whoever owns it; empty where there is none. url: of its owner's database."""
    with _looking(folder, url) as store:
        if store is None:
            return Recalled({}, {})
        bases = store.bases()
        said = {site: store.declared(site) for site in bases}
        return Recalled(
            bases,
            store.opened(),
            store.all_removals(),
            said,
            store.durations.known(),
            store.deployed.all(),
            store.redeployments.all(),
        )


def removals_of(folder: Path) -> dict[str, tuple[Removal, ...]]:
    """What is open or declined in a state folder by site, whoever owns it."""
    with _looking(folder) as store:
        return store.all_removals() if store else {}


def verdicts_of(folder: Path, url: str = "") -> list[Verdict]:
    """Every verdict in a state folder, whoever owns it. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.verdicts() if store else []


def drift_of(folder: Path, url: str = "") -> dict[str, SiteDrift]:
    """The drift of every site in a state folder, whoever owns it. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.drift.all() if store else {}


def alarming_of(folder: Path, url: str = "") -> Alarming:
    """How our alarms on the system controller are kept, whoever owns the folder. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.alarming.get() if store else Alarming()


def ended_of(folder: Path, sites: Iterable[str], fingerprint: str, most: int, url: str = "") -> list[Ended]:
    """Drift of these sites that ended, the latest first; "" is every site. url: of its owner's database."""
    with _looking(folder, url) as store:
        if store is None:
            return []
        found = (one for site in sites for one in store.drift.ended(site, fingerprint, most))
        return sorted(found, key=lambda one: one.number, reverse=True)[:most]


def durations_of(folder: Path, url: str = "") -> Durations:
    """How long what was sent took, whoever owns the folder. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.durations.known() if store else NOTHING


def has_store(folder: Path, url: str = "") -> bool:
    """Whether there is a store to look into, or a database that was named."""
    return bool(url) or (folder / FILE).is_file()


def known_of(folder: Path, url: str = "") -> tuple[list[Verdict], list[str]]:
    """Every verdict, and the sites of which Git said something when it was read last."""
    with _looking(folder, url) as store:
        return (store.verdicts(), list(store.rollouts.renderings())) if store else ([], [])


def sendings_of(folder: Path, site: str, plan_id: str = "", most: int = 20, url: str = "") -> tuple[Sending, ...]:
    """The last sendings to a site, the newest first, whoever owns the folder. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.history.sendings(site, plan_id, most) if store else ()


def rollouts_of(folder: Path, url: str = "") -> tuple[Rollout, ...]:
    """Every rollout, the oldest first, whoever owns the folder. url: of its owner's database."""
    with _looking(folder, url) as store:
        return store.rollouts.all() if store else ()


@dataclass(frozen=True, slots=True)
class Crewed:
    """The replicas of a database, what is leased to them, and the sites that they share."""

    replicas: tuple[Replica, ...] = ()
    leases: tuple[Lease, ...] = ()
    sites: tuple[str, ...] = ()


def crew_of(folder: Path, url: str = "") -> Crewed:
    """Who works on the sites now. url: of the database that they share."""
    with _looking(folder, url) as store:
        if store is None:
            return Crewed()
        sites = tuple(verdict.site for verdict in store.verdicts())
        return Crewed(store.sessions.known(), store.leases.held(), sites)


@contextmanager
def speaking(folder: Path, command: str, url: str = "") -> Iterator[Store]:
    """A store to say a word in, which its owner heeds: also while another process owns the folder.

    url: of the database that its owners use, where that is not the folder's own; it is made if it is empty, and
    otherwise left to them.
    Raises ConfigError where the owner's schema is another one than this program's.
    """
    with _beside(url) if url else _owned(folder, command) as store:
        yield store


def _owned(folder: Path, command: str) -> Store:
    try:
        return Store.open(folder, command)
    except Held:
        engine = engine_of(file_url(folder))
        store = Store(engine, None, time.time)
        if not is_made(engine):
            store.close()
            raise
        return store


def _beside(url: str) -> Store:
    """No lock of a folder tells who uses a database: only an empty one is brought to this program's schema."""
    engine = engine_of(url)
    if not is_made(engine):
        migrate(engine)
    return Store(engine, None, time.time)


@contextmanager
def _looking(folder: Path, url: str = "") -> Iterator[Store | None]:
    if not has_store(folder, url):
        yield None
        return
    engine = engine_of(url or file_url(folder))
    store = Store(engine, None, time.time)
    try:
        yield store if is_made(engine) else None
    finally:
        store.close()
