"""The alarms of a site, for its verdict: as it says them itself, or else as the central cloud counts them."""

from __future__ import annotations

from typing import Protocol

from reconciler.model.alarm import SiteAlarms
from reconciler.model.verdict import Verdict


class Remote(Protocol):
    """`engine.remote`."""

    async def alarms(self, since: float) -> SiteAlarms | None: ...


class Centre(Protocol):
    """`engine.central`, which asks nobody for this: it counts all sites on its own interval."""

    def alarms_of(self, site: str) -> SiteAlarms | None: ...


async def standing(
    remote: Remote, since: float, before: Verdict | None, otherwise: SiteAlarms | None
) -> SiteAlarms | None:
    """Those of a visit that began then. otherwise: as the central cloud counts them."""
    return await remote.alarms(since) or newer(before, otherwise)


def newer(before: Verdict | None, otherwise: SiteAlarms | None) -> SiteAlarms | None:
    """What was told last, of a site that does not say now."""
    known = before.alarms if before else None
    return max(filter(None, (known, otherwise)), key=lambda told: told.at, default=None)
