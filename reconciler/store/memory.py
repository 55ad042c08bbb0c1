"""The store as the fleet asks it, and a look into a store that another process may own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.verdict import Verdict
from reconciler.store.database import FILE, engine_of, file_url
from reconciler.store.schema import is_made
from reconciler.store.store import Store


@dataclass(frozen=True, slots=True)
class SiteJournal:
    """The windows of one site; `apply.Journal` over the store."""

    store: Store
    site: str

    def window_opens(self, host: str, plan_id: str) -> None:
        self.store.open_window(self.site, host, plan_id)

    def window_closed(self, host: str) -> None:
        self.store.close_window(self.site, host)


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """What the fleet remembers, in the store."""

    store: Store

    def base(self, site: str) -> str:
        return self.store.base(site)

    def windows(self, site: str) -> frozenset[str]:
        return self.store.windows(site)

    def journal(self, site: str) -> SiteJournal:
        return SiteJournal(self.store, site)

    def ended(self, site: str, commit: str) -> None:
        if self.store.base(site) != commit:
            self.store.set_base(site, commit)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was remembered when it was asked; nothing is written. For commands that only look."""

    bases: dict[str, str]
    opened: dict[str, frozenset[str]]

    def base(self, site: str) -> str:
        return self.bases.get(site, "")

    def windows(self, site: str) -> frozenset[str]:
        return self.opened.get(site, frozenset())

    def journal(self, site: str) -> Recalled:  # noqa: ARG002
        return self

    def ended(self, site: str, commit: str) -> None:
        """Not ours to write."""

    def window_opens(self, host: str, plan_id: str) -> None:
        raise AssertionError(f"a command that only looks was about to lock {host} for plan {plan_id}")

    def window_closed(self, host: str) -> None:
        raise AssertionError(f"a command that only looks was about to unlock {host}")


def recall(folder: Path) -> Recalled:
    """The memory of a state folder, whoever owns it; empty where there is none."""
    with _looking(folder) as store:
        return Recalled(store.bases(), store.opened()) if store else Recalled({}, {})


def verdicts_of(folder: Path) -> list[Verdict]:
    """Every verdict in a state folder, whoever owns it."""
    with _looking(folder) as store:
        return store.verdicts() if store else []


@contextmanager
def _looking(folder: Path) -> Iterator[Store | None]:
    if not (folder / FILE).is_file():
        yield None
        return
    engine = engine_of(file_url(folder))
    store = Store(engine, None, time.time)
    try:
        yield store if is_made(engine) else None
    finally:
        store.close()
