"""Reviews for tests of what is told of them, each in one line."""

from __future__ import annotations

from typing import Any

from reconciler.model.review import Cost, Example, Group, Review
from reconciler.model.verdict import Difference
from reconciler.model.words import Action, Area, Cause, Disruption, Severity

BASE, HEAD = "b" * 40, "c" * 40
FREE = Cost()
LOCK = Cost(hosts=1, locks=1, reboots=1, outages=1, disruption=Disruption.LOCK)
DUPLEX = Cost(hosts=2, locks=2, reboots=2, swacts=1, disruption=Disruption.LOCK)


def named(number: int, word: str = "edge") -> tuple[str, ...]:
    """`edge-0001` and so on."""
    return tuple(f"{word}-{n:04}" for n in range(1, number + 1))


def difference(resource: str = "ntp", attribute: str = "servers", old: str = "a", new: str = "b", **more: Any) -> Any:
    """A value that Git moved."""
    said = {"action": Action.UPDATE, "origin": "profiles/common/deployment-config.yaml:9", "kind": resource} | more
    said |= {"cause": Cause.PENDING, "area": Area.SYSTEM, "severity": Severity.SERVICE}
    return Difference(resource, attribute, observed=old, desired=new, **said)


def group(sites: tuple[str, ...], *differences: Difference, cost: Cost = FREE, **more: Any) -> Group:
    """Sites of one change."""
    of_example = {n: more.pop(n) for n in ("stages", "felt", "blocked", "before", "unjudged") if n in more}
    differences = differences or (difference(),)
    example = Example(sites[0] if sites else "", {"id": "p"}, differences, **of_example)
    edit = more.pop("edit", "-".join(f"{d.resource}.{d.attribute}" for d in differences))
    fingerprint = more.pop("fingerprint", "-".join(f"{d.observed}>{d.desired}" for d in differences))
    return Group(fingerprint, edit, sites, cost, example, **more)


def review(*groups: Group, **more: Any) -> Review:
    """A review of these groups."""
    said = {"base": BASE, "head": HEAD, "root": "sites", "made_at": 1_795_000_000.0, "fleet": 5000} | more
    return Review(groups=groups, **said)
