"""The store as the fleet asks it, and a look into a store that another process may own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from reconciler.model.alarming import Alarming
from reconciler.model.approval import Approval
from reconciler.model.condition import HostCondition
from reconciler.model.deployed import Deployed
from reconciler.model.drift import SiteDrift
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.errors import Held
from reconciler.model.fight import Writes
from reconciler.model.forecast import Took
from reconciler.model.gate import Suspension
from reconciler.model.history import Happening, Sending
from reconciler.model.kind import Kinds
from reconciler.model.removal import Removal
from reconciler.model.replica import Lease, Replica
from reconciler.model.resource import ResourceKey
from reconciler.model.rollout import Rollout
from reconciler.model.stored import Stored
from reconciler.model.verdict import Verdict
from reconciler.store.database import FILE, engine_of, file_url
from reconciler.store.drift import Ended
from reconciler.store.schema import is_made, migrate
from reconciler.store.store import Store


def unnoticed(text: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class SiteJournal:
    """The windows of one site; `apply.Journal` over the store."""

    store: Store
    site: str

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        self.store.open_window(self.site, host, plan_id, until)

    def window_closed(self, host: str) -> None:
        self.store.close_window(self.site, host)

    def stands(self, condition: HostCondition) -> None:
        self.store.conditions.stands(self.site, condition)

    def over(self, host: str) -> None:
        self.store.conditions.over(self.site, (host,))

    def stores(self, note: Stored) -> None:
        self.store.notes.keep(self.site, note)

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:
        return self.store.notes.of(self.site, kinds)

    def applied(self, key: ResourceKey) -> None:
        self.store.notes.forget(self.site, str(key))


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """What the fleet remembers, in the store.

    replica: this process, as histories name it. lost: is told what could not be written of them.
    """

    store: Store
    replica: str = ""
    lost: Callable[[str], None] = unnoticed

    def recorder(self, site: str, plan_id: str, sending: str) -> Callable[[Happening], None]:
        return self.store.history.recorder(Sending(sending, site, plan_id, ()), self.replica, self.lost)

    def base(self, site: str) -> str:
        return self.store.base(site)

    def windows(self, site: str) -> frozenset[str]:
        return self.store.windows(site)

    def journal(self, site: str) -> SiteJournal:
        return SiteJournal(self.store, site)

    def declared(self, site: str) -> frozenset[ResourceKey]:
        return self.store.declared(site)

    def deployed(self, site: str) -> Deployed | None:
        return self.store.deployed.of(site)

    def deploys(self, site: str, deployed: Deployed) -> None:
        self.store.deployed.note(site, deployed)

    def removals(self, site: str) -> tuple[Removal, ...]:
        return self.store.removals(site)

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        self.store.carry(site, removals)

    def approvals(self, site: str) -> tuple[Approval, ...]:
        return self.store.words.approvals(site)

    def approve(self, approval: Approval) -> int:
        return self.store.words.answer(approval)

    def suspensions(self) -> tuple[Suspension, ...]:
        return self.store.words.suspensions()

    def writes(self, site: str) -> Writes:
        return self.store.writes.of(site)

    def wrote(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        if fields:
            self.store.writes.note(site, sending, fields, at)

    def durations(self) -> Durations:
        return self.store.durations.known()

    def took(self, took: Iterable[Took], at: float) -> None:
        try:
            self.store.durations.note(took, at)
        except SQLAlchemyError as error:
            self.lost(f"how long a plan took was not kept: {error}")

    def disproved(self, site: str, fingerprint: str) -> str:
        return self.store.proofs.of(site, fingerprint)

    def conditions(self, site: str) -> tuple[HostCondition, ...]:
        return self.store.conditions.of(site)

    def ended(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        keys = frozenset(declared)
        if self.store.base(site) != commit or self.store.declared(site) != keys:
            self.store.set_base(site, commit, keys)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was remembered when it was asked; nothing is written. For commands that only look."""

    bases: dict[str, str]
    opened: dict[str, frozenset[str]]
    removed: dict[str, tuple[Removal, ...]] = field(default_factory=dict)
    said: dict[str, frozenset[ResourceKey]] = field(default_factory=dict)
    lasted: Durations = NOTHING
    with_what: dict[str, Deployed] = field(default_factory=dict)

    def base(self, site: str) -> str:
        return self.bases.get(site, "")

    def windows(self, site: str) -> frozenset[str]:
        return self.opened.get(site, frozenset())

    def journal(self, site: str) -> Recalled:  # noqa: ARG002
        return self

    def recorder(self, site: str, plan_id: str, sending: str) -> Callable[[Happening], None]:
        raise AssertionError(f"a command that only looks was about to send {sending} of plan {plan_id} to {site}")

    def declared(self, site: str) -> frozenset[ResourceKey]:
        return self.said.get(site, frozenset())

    def deployed(self, site: str) -> Deployed | None:
        return self.with_what.get(site)

    def deploys(self, site: str, deployed: Deployed) -> None:
        """Not ours to write."""

    def removals(self, site: str) -> tuple[Removal, ...]:
        return self.removed.get(site, ())

    def approvals(self, site: str) -> tuple[Approval, ...]:  # noqa: ARG002
        return ()  # who only looks sends nothing

    def approve(self, approval: Approval) -> int:
        raise AssertionError(f"a command that only looks was about to keep an approval by {approval.by}")

    def suspensions(self) -> tuple[Suspension, ...]:
        return ()

    def writes(self, site: str) -> Writes:  # noqa: ARG002
        return {}

    def wrote(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        raise AssertionError(f"a command that only looks has sent {sending} to {site}: {', '.join(fields)} at {at}")

    def durations(self) -> Durations:
        return self.lasted

    def took(self, took: Iterable[Took], at: float) -> None:
        raise AssertionError(f"a command that only looks has sent something, at {at}: {list(took)}")

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        """Not ours to write: who owns the folder finds them too."""

    def ended(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        """Not ours to write."""

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:  # noqa: ARG002
        raise AssertionError(f"a command that only looks was about to lock {host} for plan {plan_id}")

    def window_closed(self, host: str) -> None:
        raise AssertionError(f"a command that only looks was about to unlock {host}")

    def stands(self, condition: HostCondition) -> None:
        raise AssertionError(f"a command that only looks was about to note {condition.in_words}")

    def over(self, host: str) -> None:
        """Not ours to write."""

    def disproved(self, site: str, fingerprint: str) -> str:  # noqa: ARG002
        return ""  # who only looks sends nothing

    def conditions(self, site: str) -> tuple[HostCondition, ...]:  # noqa: ARG002
        return ()  # who only looks locks nothing

    def stores(self, note: Stored) -> None:
        raise AssertionError(f"a command that only looks was about to send {note.key}")

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:  # noqa: ARG002
        return ()

    def applied(self, key: ResourceKey) -> None:
        """Not ours to write."""


def recall(folder: Path, url: str = "") -> Recalled:
    """The memory of a state folder, whoever owns it; empty where there is none. url: of its owner's database."""
    with _looking(folder, url) as store:
        if store is None:
            return Recalled({}, {})
        bases = store.bases()
        said = {site: store.declared(site) for site in bases}
        return Recalled(
            bases, store.opened(), store.all_removals(), said, store.durations.known(), store.deployed.all()
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
