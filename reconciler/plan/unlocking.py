"""Hosts that the platform would not unlock again, as a plan leaves them: these are not locked for it.

Judged on the site as it will be: what is observed, without what the plan deletes, with what it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.change import Change
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Opening
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Needs
from reconciler.plan.windows import Window
from reconciler.plan.works import Work


def stuck(
    works: Iterable[Work],
    windows: Mapping[str, Window],
    context: Context,
    kinds: Kinds,
    refusals: Mapping[ResourceKey, str],
) -> dict[ResourceKey, str]:
    """Changes that would leave their host locked, and what it would take.

    First goes what itself keeps the host locked, a volume group whose only volume is refused. Where that is not enough,
    so does all that asks for the window.
    """
    works, found = tuple(works), dict[ResourceKey, str]()
    for host, window in windows.items():
        if window.gate.opening is Opening.LOCK and window.unlocks:
            found |= _of_host(host, _asking(host, works), context, kinds, {**refusals, **found})
    return found


def _of_host(
    host: str, changes: Iterable[Change[Any]], context: Context, kinds: Kinds, refusals: Mapping[ResourceKey, str]
) -> dict[ResourceKey, str]:
    changes = tuple(changes)
    reasons = _reasons(host, as_planned(context, refusals), kinds)
    own = {c.key: reasons[c.key.kind] for c in changes if c.key.kind in reasons}
    left = _reasons(host, as_planned(context, {**refusals, **own}), kinds) if own else reasons
    return {c.key: own.get(c.key, next(iter(left.values()))) for c in changes} if left else own


def _asking(host: str, works: Iterable[Work]) -> tuple[Change[Any], ...]:
    """The changes that ask for the window of a host."""
    asking = (w for w in works if host in w.settles or (w.needs is Needs.LOCKED and w.host == host))
    return tuple(c for work in asking for c in work.changes)


def _reasons(host: str, site: Snapshot, kinds: Kinds) -> Mapping[str, str]:
    found = ((name, kind.keeps_locked(host, site)) for name, kind in kinds.items())
    return {name: reason for name, reason in found if reason}


def as_planned(context: Context, refusals: Mapping[ResourceKey, str]) -> Snapshot:
    """The site once everything is written that is not refused."""
    have = {key: r for key, r in context.observed.resources.items() if key not in context.going}
    wanted = ((key, r) for key, r in context.desired.resources.items() if key not in refusals)
    written = {key: _over(have.get(key), resource) for key, resource in wanted}
    return replace(context.observed, resources={**have, **written})


def _over(have: Resource[Any] | None, want: Resource[Any]) -> Resource[Any]:
    """What is said over what is there."""
    if have is None:
        return want
    said = {name: getattr(want.spec, name) for name in want.spec.model_fields_set}
    return replace(want, spec=have.spec.model_copy(update=said))
