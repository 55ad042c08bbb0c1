"""Desired against observed, as changes. Pure: no clock, no network, no order of work."""

from reconciler.diff.compare import compare, spelled

__all__ = ["compare", "spelled"]
