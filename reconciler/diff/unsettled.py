"""What is stored on a site and not in effect: Git moved it, the site has it, and hosts have yet to be unlocked for it.

A run that was cut off between the call and the windows leaves it so. The platform does not say which value a host
waits for; that Git moved one since its last plan ended, and that a host which has to take it up owes a reboot, does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reconciler.model.change import Change, FieldChange
from reconciler.model.kind import Context, Kinds, ResourceKind
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import no_host
from reconciler.model.words import Action


def unsettled(
    desired: Snapshot, observed: Snapshot, kinds: Kinds, base: Snapshot | None, differing: Collection[ResourceKey]
) -> Iterator[Change[Any]]:
    """A change for each such resource, with what Git said before. Nothing without a base: nobody knows who stored it.

    differing: resources that differ, which are sent anyway.
    """
    owing = {name for name, host in observed.system.hosts.items() if host.is_unlocked and host.needs_reboot}
    for key, want in desired.resources.items() if base and owing else ():
        kind, have = kinds[key.kind], observed.resources.get(key)
        if have is None or key in differing or kind.settles is no_host:
            continue
        fields = tuple(_moved(kind, want, base.resources.get(key) if base else None))
        change = Change(key, Action.UPDATE, want, have, fields, area=kind.area, severity=kind.severity, is_stored=True)
        if fields and owing & set(kind.settles(change, Context(desired, observed))):
            yield change


def _moved(kind: ResourceKind[Any], want: Resource[Any], before: Resource[Any] | None) -> Iterator[FieldChange]:
    for name in kind.compared(want.spec):
        new, old = getattr(want.spec, name), getattr(before.spec, name) if before else None
        if before is None or not kind.is_same(name, old, new):
            yield FieldChange(name, old, new, want.origin_of(name))
