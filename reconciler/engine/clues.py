"""What a site's event log says of the time in which it drifted: asked once, when drift is first seen."""

from __future__ import annotations

from typing import Protocol

from reconciler.engine.judgement import has_new_drift
from reconciler.engine.reconcile import Judged
from reconciler.model.alarm import Noted
from reconciler.model.verdict import Verdict


class Log(Protocol):
    async def noted(self) -> tuple[Noted, ...]: ...


async def clues(judged: Judged, before: Verdict | None, log: Log) -> tuple[Noted, ...]:
    """The rows from between the last look and this one; none where nothing new drifted in it, nor at a first look."""
    until = judged.observed.taken_at
    if before is None or before.observed_at is None or until is None:
        return ()
    if not has_new_drift(before, judged.found, judged.plan):
        return ()
    return tuple(noted for noted in await log.noted() if before.observed_at < noted.at <= until)
