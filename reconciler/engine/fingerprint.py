"""One word for a change, equal on every site that has it: a cause is counted once, however many sites it reaches."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from reconciler.model.change import Change, Comparison
from reconciler.model.wire import plain
from reconciler.model.words import Action


def fingerprint(found: Comparison) -> str:
    """Ten hex digits over what changes from what to what, where on a site, and not on which."""
    said = [*map(_change, found.changes), *sorted(f"extra {r.key}" for r in found.extra)]
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:10]


def _change(change: Change[Any]) -> Any:
    """In plain form: sets have no order of their own, and secrets are masked."""
    created = change.desired.spec if change.action is Action.CREATE and change.desired else None
    if change.action is Action.DELETE:
        return plain([change.action, change.key])
    fields = [(f.name, f.observed, f.desired) for f in change.fields]
    return plain([change.action, change.key, created, fields])
