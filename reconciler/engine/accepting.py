"""Accepting for a controller: a site is read now, and what it shows is proposed to Git as a pull request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.clients.forges import ForgeClient
from reconciler.engine.accept import Acceptance, accept
from reconciler.engine.fleet import Fleet
from reconciler.engine.follow import Source
from reconciler.engine.proposing import Proposed, Target, propose
from reconciler.model.drift import Drift, Place, SiteDrift
from reconciler.model.errors import ConfigError

AT_ONCE = 2  # each reads a whole site, and renders it many times


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a site is to be accepted: `KEY` or `KEY:ATTRIBUTE`, or all that has a fingerprint; neither: all that drifted.

    is_shared: in the profile, for every site that uses it. by: who asks.
    """

    site: str
    keys: tuple[str, ...] = ()
    fingerprint: str = ""
    is_shared: bool = False
    by: str = ""


@dataclass
class Accepting:
    """drift: of every site, as it is known. root: the folder of the repository that holds fleet.yaml."""

    fleet: Fleet
    source: Source
    drift: Callable[[], Mapping[str, SiteDrift]]
    root: str = ""
    forge: ForgeClient | None = None
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, asked: Asked) -> tuple[Acceptance, Proposed | None]:
        """What can be accepted, and where it waits for review; None where no file has to change.

        Raises ConfigError for what does not drift and where there is no branch to stand upon, ConfigErrors, Unreachable,
        SourceError, ForgeError.
        """
        async with self._turns:
            target = self._target()
            known = self.drift().get(asked.site, SiteDrift(asked.site)).open
            keys = _keys(asked, known)
            judged = await self.fleet.judged_beside(asked.site)
            office = self.fleet.office
            result = await asyncio.to_thread(
                accept, judged, office.repository, office.kinds, keys, is_shared=asked.is_shared
            )
            made = await propose(result, target, known, by=asked.by) if result.rewrites else None
            return result, made

    def _target(self) -> Target:
        repository, mirror = self.source.repository, self.source.mirror
        head = mirror.head() if mirror else None
        if mirror is None or head is None or not repository.is_committed:
            raise ConfigError("the repository that is followed is a folder with edits: accept in it with `stxr accept`")
        return Target(mirror, repository.commit, head.branch, self.root, self.forge)


def _keys(asked: Asked, known: Mapping[Place, Drift]) -> tuple[str, ...]:
    """What is named, or has the fingerprint. Raises ConfigError for one that the site does not have now."""
    if not asked.fingerprint:
        return asked.keys
    found = (drift.place for drift in known.values() if drift.fingerprint == asked.fingerprint)
    names = tuple(":".join(filter(None, place)) for place in found)
    if not names:
        raise ConfigError(
            f"{asked.site}: nothing with the fingerprint {asked.fingerprint} drifts now: see /api/v1/drift"
        )
    return (*asked.keys, *names)
