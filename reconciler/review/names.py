"""Names of sites in a comment, and what is left out of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.review.foreign import code
from reconciler.review.words import plural, ranges


def names(sites: Sequence[str], most: int) -> str:
    """Names, each in code; runs of numbers by their ends, and no more than so many of either."""
    runs = list(ranges(sites))
    told = [code(a) if a == b else f"{code(a)} to {code(b)}" for a, b in runs[:most]]
    others = f" and {len(runs) - most:,} more" if len(runs) > most else ""
    return ", ".join(told) + others


def more(left: int, word: str) -> Iterator[str]:
    """The last line of a list that was cut; nothing where it was not."""
    if left > 0:
        yield f"- … and {plural(left, word)} more"
