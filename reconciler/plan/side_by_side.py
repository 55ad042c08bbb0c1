"""Windows of workers that may be open together: those that follow each other, as many as the site lets be out.

Controllers and storage hosts go one at a time, and so does a worker that has something of which others keep copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Opening, Stage
from reconciler.model.snapshot import Snapshot


def side_by_side(stages: Iterable[Stage], context: Context, kinds: Kinds) -> Iterator[Stage]:
    """The same stages, each of a run with how many of it go on at a time."""

    def run(stage: Stage) -> tuple[bool, bool]:
        return _is_free(stage, context, kinds), stage.is_second

    for (is_free, _), found in groupby(stages, key=run):
        members = tuple(found)
        at_once = min(context.workers_out, len(members)) if is_free else 1
        yield from (replace(stage, at_once=at_once) for stage in members)


def _is_free(stage: Stage, context: Context, kinds: Kinds) -> bool:
    """Whether another host may be out of service while this one is."""
    host = context.system.hosts.get(stage.host)
    is_worker = host is not None and host.personality == "worker"
    return (
        is_worker
        and stage.opening is Opening.LOCK
        and stage.unlocks
        and not has_copies(stage.host, context.observed, kinds)
    )


def has_copies(host: str, site: Snapshot, kinds: Kinds) -> bool:
    """Whether a host has something of which other hosts keep copies: the last but one of them must not leave."""
    return any(key.host == host and kinds[key.kind].is_replicated for key in site.resources)
