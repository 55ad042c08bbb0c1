"""A review of what Git would say after a merge, against what it says now and what was read of the sites last.

Blocking: called from a thread, one call at a time. Reads objects of the mirror only: nothing is checked out, and no
secret is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reconciler.desired import Fleet, fleet_part, layers_of
from reconciler.engine.bases import NoBases
from reconciler.engine.preview import rows_of
from reconciler.engine.prover import Prover
from reconciler.engine.proving import Inventory, Lot
from reconciler.engine.repository import Repository
from reconciler.engine.reviewing import Known, moved, reviewed
from reconciler.model.durations import Durations
from reconciler.model.kind import Kinds
from reconciler.model.review import Review
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret
from reconciler.sources import pulls
from reconciler.sources.git import FULL_ID
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites
from reconciler.store import ReadingStore

MOST_FILES = 100_000  # that a pull request may change below the root
MOST_OF_A_FORK = 2_000


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is compared: the base as it is followed, and the head merged into it.

    names: the sites whose inputs differ. paths: the files that differ, from the root.
    """

    base: str
    head: str
    names: tuple[str, ...]
    paths: frozenset[str] = frozenset()

    def id(self, root: str) -> str:
        """Of the review that is made of it."""
        return Review(self.base, self.head, root).id


class Maker:
    """Reviews of one root of one mirror. Follows the base from one review to the next, which costs what moved.

    May be called from several threads, which take turns. durations: how long acts take on this fleet, asked each time.
    """

    def __init__(
        self,
        mirror: Mirror,
        root: str,
        kinds: Kinds,
        readings: ReadingStore,
        durations: Callable[[], Durations] = Durations,
    ) -> None:
        self._mirror, self._kinds, self._readings, self._durations = mirror, kinds, readings, durations
        self._sites = GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)
        self._before = Repository(self._sites, kinds, NoBases())
        self._turn = threading.RLock()

    @property
    def root(self) -> str:
        return self._sites.root

    def resolved(self, revision: str) -> str:
        """The full id of a commit of the mirror. Raises UnknownRevisionError."""
        return self._mirror.resolve(revision)

    def fetched(self, ref: str, number: int) -> str:
        """The newest commit of a pull request, brought into the mirror. Raises SourceError."""
        return pulls.fetched(self._mirror, ref, number)

    def forget(self, number: int) -> None:
        """Let go of a pull request's commits."""
        pulls.forget(self._mirror, number)

    def proposed(self, base: str, head: str, number: int, *, is_fork: bool) -> Proposed:
        """What merging a pull request would move. Raises SourceError: conflicts, too many files, no root."""
        both = pulls.merged(self._mirror, base, head, number)
        paths = pulls.paths(self._mirror, base, both, self.root, MOST_OF_A_FORK if is_fork else MOST_FILES)
        return replace(self.between(base, both), paths=paths)

    def between(self, base: str, head: str) -> Proposed:
        """What differs between two commits, as they are. Raises SourceError."""
        with self._turn:
            return Proposed(base, head, moved(self._at(base), self._beside(head)))

    def review(self, asked: Proposed, now: float) -> Review:
        """What those sites would feel. Raises SourceError."""
        with self._turn:
            before, after = self._at(asked.base), self._beside(asked.head)
            return reviewed(before, after, asked.names, Known(now, self.root, self._observed, self._durations()))

    def lots(self, asked: Proposed, names: Collection[str], prover: Prover) -> tuple[Lot, ...]:
        """What is to be tried for these sites, on twins of them as they were read last.

        Raises SourceError, and ConfigErrors for what the head says wrongly.
        """
        times = self._readings.times()

        def known(site: str) -> Inventory | None:
            return Inventory(partial(self._shown, site), times[site]) if site in times else None

        with self._turn:
            return prover.lots(self._at(asked.base), self._beside(asked.head), names, known)

    def paths(self, base: str, head: str) -> frozenset[str]:
        """The files that differ between two commits, from the root. Raises SourceError."""
        return pulls.paths(self._mirror, base, head, self.root, MOST_FILES)

    def fleet(self, commit: str) -> Fleet | None:
        """fleet.yaml at a commit. Raises ConfigErrors, SourceError."""
        with self._turn:
            return self._at(commit).fleet()

    def is_in(self, commit: str, head: str) -> bool:
        """Whether a commit is in the history of another, or is it; False for what is no commit of the mirror."""
        return all(map(FULL_ID.fullmatch, (commit, head))) and self._mirror.is_ancestor(commit, head)

    def unread(self, names: Collection[str], since: float) -> frozenset[str]:
        """Those of these sites that were not read since."""
        times = self._readings.times()
        return frozenset(name for name in names if times.get(name, float("-inf")) < since)

    def _at(self, commit: str) -> Repository:
        if self._sites.commit != commit:
            self._sites.advance(commit)
        return self._before

    def _beside(self, commit: str) -> Repository:
        sites = self._sites.beside()
        sites.advance(commit)
        return Repository(sites, self._kinds, NoBases())

    def _shown(self, site: str) -> Mapping[str, Any]:
        """The site's lists; none where it was forgotten meanwhile."""
        reading = self._readings.of(site)
        return reading.inventory if reading else {}

    def _observed(self, site: str) -> Snapshot | None:
        reading = self._readings.of(site)
        return interpret(site, rows_of(reading.inventory), self._kinds, reading.at) if reading else None
