"""The release that a site runs: by the word of its own software management, where that is asked."""

from __future__ import annotations

from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import tells_no_release


def running(observed: Snapshot, kinds: Kinds) -> str:
    """With its patches, where Git says software and nothing is under way; else the major release, which sysinv tells of any."""
    telling = {name: kind for name, kind in kinds.items() if kind.release is not tells_no_release}
    told = (telling[key.kind].release(one) for key, one in observed.resources.items() if key.kind in telling)
    return next(filter(None, told), observed.system.release)
