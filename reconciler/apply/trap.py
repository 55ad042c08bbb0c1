"""The apply trap: an API that stores a value, and gives it to the hosts only with the call that changes it.

Where that call has no answer, nothing differs afterwards, and the hosts may run the old value for ever (sysinv dns.py
patch: saved, then handed to the conductor). So what a call may store is noted before it is sent, with the
configurations that the hosts were to run then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconciler.apply.looks import looks
from reconciler.apply.work import Work
from reconciler.model.change import Change
from reconciler.model.history import Deed
from reconciler.model.plan import Step
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored, targets_of


def note(step: Step, todo: Iterable[Change[Any]], seen: Snapshot, work: Work) -> None:
    """Write down what is about to be stored; nothing for kinds whose values are applied where they are stored."""
    if work.kinds[step.kind].is_stored_first:
        for change in todo:
            if change.desired and (have := seen.resources.get(change.key)):
                work.journal.stores(Stored(have, change.desired, targets_of(seen)))


def settle(step: Step, work: Work) -> None:
    """The API has said that it did all of it."""
    if work.kinds[step.kind].is_stored_first:
        for key in step.keys:
            work.journal.applied(key)


async def taken_up(step: Step, work: Work) -> bool:
    """Whether what was stored without an answer has reached a host: at once, or a while later. If not, that is noted."""
    noted = _noted(step, work)
    if not noted:
        return True
    async for _ in looks(work.pace.seen_limit_s, work):
        seen = await work.look((step.kind,), step.host)
        if not all(one.stands(seen) for one in noted):
            settle(step, work)
            work.tell(Deed.SEEN, "hosts have been given another configuration")
            return True
        if all(one.is_missed for one in noted):
            break
    for one in noted:
        work.journal.stores(replace(one, is_missed=True))
        work.tell(Deed.SEEN, f"{one.key}: stored, and no host was given another configuration")
    return False


def _noted(step: Step, work: Work) -> tuple[Stored, ...]:
    if not work.kinds[step.kind].is_stored_first:
        return ()
    return tuple(one for one in work.journal.stored(work.kinds) if one.key in step.keys)
