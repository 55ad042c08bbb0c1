"""What a visit found, made from two snapshots in one line."""

from __future__ import annotations

from typing import Any

from reconciler.diff import compare
from reconciler.engine.reconcile import Judged
from reconciler.model.kind import Context
from reconciler.model.snapshot import Snapshot
from reconciler.plan import plan
from tests.worlds import KINDS


def judged(want: Snapshot, have: Snapshot, base: Snapshot | None = None, ours: Any = ()) -> Judged:
    """The site as the main path judges it."""
    found = compare(want, have, KINDS, base)
    todo = plan(found, Context(want, have), KINDS, ours, want.revision)
    return Judged(want, have, found, todo, release=have.system.release)
