"""One word for a change, equal on every site that has it: a cause is counted once, however many sites it reaches."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.words import Action


def fingerprint(found: Comparison) -> str:
    """Ten hex digits over what changes from what to what, where on a site, and not on which."""
    text = "\n".join(line for change in found.changes for line in _lines(change))
    return sha256(text.encode()).hexdigest()[:10]


def _lines(change: Change[Any]) -> Iterator[str]:
    yield f"{change.action} {change.key}"
    if change.action is Action.CREATE and change.desired:
        yield repr(sorted(change.desired.spec.model_dump(exclude_unset=True).items(), key=lambda i: i[0]))
    for field in change.fields:
        yield f"{field.name}: {field.observed!r} {field.desired!r}"
