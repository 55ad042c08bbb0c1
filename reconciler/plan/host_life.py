"""Hosts that are not installed yet: one line says of each what comes first, and all that is on it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.host import HostState
from reconciler.model.kind import Context, Kinds
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action
from reconciler.plan.refusals import Refusals

INSTALL = "it boots from the network and is installed, by hand or by its board management"


@dataclass(frozen=True, slots=True)
class Life:
    """What was found, without what is on hosts that are not installed.

    coming: those hosts, each with what comes first. followers: how many resources of each wait for that.
    """

    found: Comparison
    coming: Mapping[ResourceKey, str] = field(default_factory=dict)
    followers: Mapping[str, int] = field(default_factory=dict)

    def told(self, refusals: Refusals) -> Refusals:
        """One line for each host that something waits for: why it is refused, or else what comes first."""
        return {
            host: f"{refusals.get(host) or first}; {_counted(self.followers[host.name])}"
            for host, first in self.coming.items()
            if self.followers.get(host.name)
        }


def life(found: Comparison, context: Context, kinds: Kinds) -> Life:
    """The hosts of a plan as they live: what is not there yet has no resources that could be changed."""
    coming = dict(_coming(found, context, kinds))
    names = {host.name for host in coming}
    left = tuple(c for c in found.changes if c.key.host not in names)
    followers = {name: _followers(name, found, context) for name in names}
    return Life(replace(found, changes=left), coming, followers)


def _coming(found: Comparison, context: Context, kinds: Kinds) -> Iterator[tuple[ResourceKey, str]]:
    changes = {c.key: c for c in found.changes}
    for key in context.desired.resources:
        is_host = not key.host and any(fact.lock_state for fact in kinds[key.kind].attributes.values())
        if is_host and (first := _first(changes.get(key), context.system.hosts.get(key.name), context, kinds)):
            yield key, first


def _first(change: Change[Any] | None, host: HostState | None, context: Context, kinds: Kinds) -> str:
    """What comes before anything on a host; "" for a host that is installed and stays."""
    if change and change.action is Action.CREATE:
        return f"once it is on the system, {INSTALL}"
    if change and change.action is Action.REPLACE and not kinds[change.key.kind].why_not(change, context):
        return f"once the new machine is on the system, {INSTALL}"
    if host and not host.is_installed:
        return f"it is {host.in_words} and not installed yet: {INSTALL}"
    return ""


def _followers(host: str, found: Comparison, context: Context) -> int:
    if host in context.system.hosts:
        return sum(c.key.host == host for c in found.changes)
    return sum(key.host == host for key in context.desired.resources)


def _counted(number: int) -> str:
    return f"{number} resources follow" if number > 1 else "1 resource follows"
