"""Numbers, names and times as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)
FEW = 3  # so many names in a row are shorter as they are


def plural(number: int, word: str) -> str:
    """`1 site`, `2 sites`, `1,000 sites`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def does(number: int, word: str, one: str, several: str) -> str:
    """`1 site changes`, `2 sites change`."""
    return f"{plural(number, word)} {one if number == 1 else several}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def short(commit: str) -> str:
    """A commit as people name it, with its mark of edits."""
    digits, _, edits = commit.partition("+")
    return f"{digits[:12]}+{edits}" if edits else digits[:12]


def moment(at: float) -> str:
    """`2026-11-21 14:05 UTC`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def ranges(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names in order, each run of consecutive numbers as its two ends; the ends are equal for a name alone."""
    run: list[str] = []
    for name in sorted(names):
        if run and not _follows(run[-1], name):
            yield from _ends(run)
            run = []
        run.append(name)
    yield from _ends(run)


def _follows(one: str, other: str) -> bool:
    first, second = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    if not first or not second or first[1] != second[1] or len(one) != len(other):
        return False
    return int(second[2]) == int(first[2]) + 1


def _ends(run: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(run) > FEW:
        yield run[0], run[-1]
    else:
        yield from ((name, name) for name in run)
