"""Older commits of a repository: what they said of a site, what moved since, and who moved it; none outside of git."""

from __future__ import annotations

import re
from typing import Protocol

from reconciler.model.merge import Merge
from reconciler.model.origin import Origin
from reconciler.model.site import SiteFiles
from reconciler.sources.blame import Blames
from reconciler.sources.commits import CommitFacts
from reconciler.sources.errors import SourceError
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites

COMMIT = re.compile(r"[0-9a-f]{40}")


class Bases(Protocol):
    """Older commits of a repository."""

    def is_past(self, commit: str, head: str) -> bool:
        """Whether the commit is the head, or in its history."""
        ...

    def files(self, name: str, commit: str) -> SiteFiles | None:
        """The files of a site at a commit; None where there is no such commit, or no such site in it."""
        ...

    def since(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        """The commits after one, up to the head, that may concern a site; oldest first."""
        ...

    def taken_from(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        """Those among them that took a file out of the site's folder."""
        ...

    def keep(self, name: str, commit: str) -> bool:
        """Keep the commit reachable by a ref of our own."""
        ...

    def set_by(self, commit: str, origin: Origin) -> CommitFacts | None:
        """The commit that set a line, as it stands at a commit; None where no commit is known to."""
        ...

    def moved_by(self, paths: frozenset[str], commit: str, head: str) -> Merge | None:
        """The last commit after one, up to the head, that moved any of these paths; None where none did."""
        ...

    def authored_at(self, commit: str) -> float | None:
        """When a commit was authored, in Unix seconds; None for one that is not known."""
        ...

    def close(self) -> None:
        """End what reading older commits has started."""
        ...


class MirrorBases:
    """Older commits of a mirror."""

    def __init__(self, mirror: Mirror, sites: GitSites) -> None:
        self._mirror, self._sites = mirror, sites
        self._blames = Blames(mirror.git, sites.root)
        self._authored: dict[str, float] = {}

    def is_past(self, commit: str, head: str) -> bool:
        known = COMMIT.match(head)  # of a folder with edits too: `+edits` follows
        return bool(known and COMMIT.fullmatch(commit) and self._mirror.is_ancestor(commit, known[0]))

    def files(self, name: str, commit: str) -> SiteFiles | None:
        try:
            return self._sites.site_files(name, commit)
        except SourceError:
            return None  # the commit, or the site in it, is no longer there

    def since(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        known = COMMIT.match(head)
        return self._sites.since(name, commit, known[0]) if known else ()

    def taken_from(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        known = COMMIT.match(head)
        return self._sites.taken_from(name, commit, known[0]) if known else ()

    def keep(self, name: str, commit: str) -> bool:
        try:
            self._mirror.keep(name, commit)
        except SourceError:
            return False  # not fetched yet: the next visit keeps it
        return True

    def set_by(self, commit: str, origin: Origin) -> CommitFacts | None:
        return self._blames.of(commit, origin.file, origin.line)

    def moved_by(self, paths: frozenset[str], commit: str, head: str) -> Merge | None:
        return self._sites.moved_by(paths, commit, head)

    def authored_at(self, commit: str) -> float | None:
        known = COMMIT.match(commit)
        if known and known[0] not in self._authored:
            try:
                [facts] = self._mirror.facts([known[0]])
            except SourceError:
                return None
            self._authored[known[0]] = facts.at.timestamp()
        return self._authored[known[0]] if known else None

    def close(self) -> None:
        self._mirror.close()


class NoBases:
    """A folder outside of git has no past."""

    def is_past(self, commit: str, head: str) -> bool:  # noqa: ARG002
        return False

    def files(self, name: str, commit: str) -> SiteFiles | None:  # noqa: ARG002
        return None

    def since(self, name: str, commit: str, head: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def taken_from(self, name: str, commit: str, head: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def keep(self, name: str, commit: str) -> bool:  # noqa: ARG002
        return False

    def set_by(self, commit: str, origin: Origin) -> CommitFacts | None:  # noqa: ARG002
        return None

    def moved_by(self, paths: frozenset[str], commit: str, head: str) -> Merge | None:  # noqa: ARG002
        return None

    def authored_at(self, commit: str) -> float | None:  # noqa: ARG002
        return None

    def close(self) -> None:
        """Nothing was started."""
