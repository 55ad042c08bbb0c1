"""Desired against observed, as changes. Pure: no clock, no network, no order of work."""

from reconciler.diff.compare import compare, spelled
from reconciler.diff.removals import Past, Present, gone, let_go, prunings, removals, with_deletes

__all__ = ["Past", "Present", "compare", "gone", "let_go", "prunings", "removals", "spelled", "with_deletes"]
