"""What of a site ends by time, as it was read: certificates, the first of each type."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from reconciler.model.expiry import CertificatePolicy, Expiry, earliest
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import never_ends


def ending(observed: Snapshot, kinds: Kinds, policy: CertificatePolicy) -> tuple[Expiry, ...] | None:
    """None where a list of what ends was not read to its end: then what was known of it counts still."""
    ends = {name: kind for name, kind in kinds.items() if kind.expiry is not never_ends}
    failed = {one.collection for one in observed.unread}
    if not all(_is_known(kind, observed, failed) for kind in ends.values()):
        return None
    found = (ends[key.kind].expiry(resource) for key, resource in observed.resources.items() if key.kind in ends)
    return earliest((one for one in found if one is not None), policy)


def _is_known(kind: ResourceKind[Any], observed: Snapshot, failed: AbstractSet[str]) -> bool:
    """Lists that nobody asked for are not missed."""
    return observed.is_complete(kind.name) or (kind.is_read_on_demand and failed.isdisjoint(kind.collections))
