"""One subcloud, once: the main path. Read this file first.

Git says (`desired`), the site shows (`observed`), the difference is planned, what policy permits is sent, and what is
then known is the verdict. Stages are plain functions on values; only `observe` and `send` touch the site.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.engine.office import Office, Visit
from reconciler.engine.policy import permitted
from reconciler.model.change import Comparison
from reconciler.model.kind import Context
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Result
from reconciler.plan import plan


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Everything that one visit found and did."""

    desired: Snapshot
    observed: Snapshot
    found: Comparison
    plan: Plan
    outcome: Outcome


async def reconcile(visit: Visit, office: Office) -> Reconciled:
    """The visit's site brought as near to Git as policy permits. Raises ConfigErrors, Unreachable, Unauthorized."""
    want = office.desired(visit.site, visit.commit)
    have = await visit.remote.observe()
    found = compare(want, have, office.kinds, office.base(visit.site.name))
    todo = plan(found, Context(want, have), office.kinds, visit.windows, visit.commit)
    allowed = permitted(todo, visit.site.settings, visit.approved)
    outcome = await send(allowed.plan, office.work(visit, want)) if allowed.plan.stages else _unsent(todo)
    return Reconciled(want, have, found, todo, outcome)


def _unsent(todo: Plan) -> Outcome:
    return Outcome(todo.id, Result.PLANNED if todo.stages else Result.IN_SYNC)
