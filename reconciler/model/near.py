"""What somebody may have meant by a name that is not there. Pure."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

MOST = 3
LISTED = 5


def near(asked: str, known: Collection[str]) -> str:
    """The names that come near it, else those that there are, or the first of them: `did you mean a or b?`."""
    if found := get_close_matches(asked, known, MOST):
        return f"did you mean {' or '.join(found)}?"
    names = sorted(known)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"there are {', '.join(names[:LISTED])}{more}" if names else "there are none"
