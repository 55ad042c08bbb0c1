"""Differences as a reviewer reads a diff: the old value, the new one, and where Git says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from reconciler.model.verdict import Difference
from reconciler.model.words import Action
from reconciler.review.words import shortened

MOST = 160  # characters of one value
LEAD = 20  # characters that are left before the first that differs
_NOTES = {Action.CREATE: " new", Action.DELETE: " deleted", Action.REPLACE: " deleted and made anew"}


def difference_lines(differences: Iterable[Difference]) -> Iterator[str]:
    """Each resource in a line of its own, each value that changes below it; the form is that of a diff."""
    for resource, several in groupby(differences, key=lambda d: (d.resource, d.action)):
        yield f"@@ {resource[0]} @@{_NOTES.get(Action(resource[1]), '')}"
        for difference in several:
            yield from _values(difference)


def _values(difference: Difference) -> Iterator[str]:
    name = f"{difference.attribute} = " if difference.attribute else ""
    old, new = narrowed(difference.observed, difference.desired)
    where = f"  # {difference.origin}" if difference.origin else ""
    if difference.attribute or difference.action == Action.DELETE:
        yield f"- {name}{old or '(none)'}{where if difference.action == Action.DELETE else ''}"
    if difference.action != Action.DELETE:
        yield f"+ {name}{new or '(none)'}{where}"


def narrowed(old: str, new: str) -> tuple[str, str]:
    """Both values, long ones from shortly before the first character that differs."""
    if max(len(old), len(new)) <= MOST:
        return old, new
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    cut = max(same - LEAD, 0)
    return _from(old, cut), _from(new, cut)


def _from(text: str, cut: int) -> str:
    return ("…" if cut and text else "") + shortened(text[cut:], MOST)


def subjects(differences: Iterable[Difference]) -> tuple[str, ...]:
    """What changes, each once: `dns.servers`, `new vlan`, `deleted route`."""
    return tuple(dict.fromkeys(map(_subject, differences)))


def _subject(difference: Difference) -> str:
    if difference.action == Action.CREATE:
        return f"new {difference.kind}"
    if difference.action == Action.DELETE:
        return f"deleted {difference.kind}"
    return f"{difference.kind}.{difference.attribute}"
