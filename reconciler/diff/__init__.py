"""Desired against observed, as changes. Pure: no clock, no network, no order of work."""

from reconciler.diff.alike import Alike, alike
from reconciler.diff.compare import compare, spelled
from reconciler.diff.removals import Past, Present, gone, let_go, prunings, removals, with_deletes

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
]
