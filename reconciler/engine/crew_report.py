"""The replicas of a database as data: who is there, who leads, whose each site is, and who works on it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from reconciler.model.replica import LEADER, Lease, owner
from reconciler.store import Crewed


def crew_json(found: Crewed, sites: Iterable[str]) -> dict[str, Any]:
    """sites: that are told. `fence` grows each time that somebody takes the site; `owner` looks at it when it is due."""
    works = {lease.site: {"replica": lease.replica, "fence": lease.fence} for lease in found.leases if lease.site}
    live = live_of(found)
    return {
        "leader": leader_of(found.leases),
        "replicas": [
            {k: v for k, v in asdict(r).items() if k != "session"} | {"live": r.is_live} for r in found.replicas
        ],
        "sites": {site: {"owner": owner(site, live), "works": works.get(site)} for site in sites},
    }


def leader_of(leases: Iterable[Lease]) -> str:
    """The name of the replica that leads; "" while none does."""
    return next((lease.replica for lease in leases if lease.subject == LEADER), "")


def live_of(found: Crewed) -> frozenset[str]:
    return frozenset(replica.name for replica in found.replicas if replica.is_live)
