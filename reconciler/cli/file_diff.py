"""The change of one file, as `git diff` shows it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from reconciler.engine.accept import Rewrite


def diff(rewrite: Rewrite) -> Iterator[str]:
    """The lines of a unified diff; a new file comes from /dev/null."""
    before = f"a/{rewrite.file}" if rewrite.before is not None else "/dev/null"
    old, new = (rewrite.before or "").splitlines(), rewrite.after.splitlines()
    yield from unified_diff(old, new, before, f"b/{rewrite.file}", lineterm="")
