"""Desired against observed, as changes. Pure: no clock, no network, no order of work."""

from reconciler.diff.alike import Alike, alike
from reconciler.diff.compare import compare, spelled
from reconciler.diff.removals import Past, Present, gone, let_go, prunings, removals, with_deletes
from reconciler.diff.unapplied import with_unapplied

__all__ = [
    "Alike",
    "Past",
    "Present",
    "alike",
    "compare",
    "gone",
    "let_go",
    "prunings",
    "removals",
    "spelled",
    "with_deletes",
    "with_unapplied",
]
