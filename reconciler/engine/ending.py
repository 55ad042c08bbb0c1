"""What of a site ends by time, as it was read: certificates, the first of each type."""

from __future__ import annotations

from reconciler.model.expiry import CertificatePolicy, Expiry, earliest
from reconciler.model.kind import Kinds, never_ends
from reconciler.model.snapshot import Snapshot


def ending(observed: Snapshot, kinds: Kinds, policy: CertificatePolicy) -> tuple[Expiry, ...] | None:
    """None where a list of what ends was not read to its end: then what was known of it counts still."""
    ends = {name: kind.expiry for name, kind in kinds.items() if kind.expiry is not never_ends}
    if not all(observed.is_complete(name) for name in ends):
        return None
    found = (ends[key.kind](resource) for key, resource in observed.resources.items() if key.kind in ends)
    return earliest((one for one in found if one is not None), policy)
