"""A plan that passed its gates, on its way: what is to be sent, and the plain way of sending it, within this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import uuid4

import orjson

from reconciler.apply import send
from reconciler.engine.gating import judged_again
from reconciler.engine.judgement import fields
from reconciler.engine.office import Office, Visit, learned, work
from reconciler.model.gate import Hold
from reconciler.model.history import ended
from reconciler.model.outcome import Outcome, StepResult
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.model.typed import packed


@dataclass(frozen=True, slots=True)
class Order:
    """Everything about one sending that does not change any more.

    desired: as the site spells it. rendering: what Git said when it was planned, as a digest: another push of the same
    leaves the order alone. windows: hosts of ours that were still locked then.
    stays_locked: hosts that Git says are locked: nobody owes the site their unlock.
    holds: why the rest of what differs is not in the plan. approval: the number of the word that let it through.
    """

    site: str
    plan: Plan
    desired: Snapshot
    rendering: str = ""
    windows: frozenset[str] = frozenset()
    stays_locked: frozenset[str] = frozenset()
    holds: tuple[Hold, ...] = ()
    approval: int = 0

    def sending(self) -> str:
        """A new name of one attempt: the same plan may be sent again."""
        return f"{self.site}/{self.plan.id}/{uuid4().hex[:12]}"

    def ended(self, outcome: Outcome) -> Outcome:
        """How it ended, with what was held and who approved."""
        owed = tuple(host for host in outcome.open_windows if host not in self.stays_locked)
        return replace(outcome, holds=self.holds, approval=self.approval, open_windows=owed)


Sends = Callable[[Order, Visit, Office], Awaitable[Outcome]]


async def sent_now(order: Order, visit: Visit, office: Office) -> Outcome:
    """Sent from here, to its end. If the process dies, what it did not send is planned afresh."""
    with office.timed("apply"):
        carried = work(visit, office, order.desired, order.windows, judged_again(visit, office))
        sending = order.sending()
        carried.record = visit.recorder(order.plan.id, sending)
        outcome = order.ended(await send(order.plan, carried))
        learned(carried, visit, office)
        carried.record(ended(outcome, office.clock.now()))
        visit.ended()
        visit.wrote(sending, written(order.plan, outcome), office.clock.now())
        return outcome


def written(plan: Plan, outcome: Outcome) -> dict[str, str]:
    """The fields of a plan that were sent and seen on the site, with what they became, masked."""
    done = {key for entry in outcome.entries if entry.result is StepResult.DONE for key in entry.keys}
    return fields(change for change in plan.changes if change.key in done)


def rendering(desired: Snapshot) -> str:
    """What Git says, without where it says it."""
    said = {str(key): packed(resource)["spec"] for key, resource in desired.resources.items()}
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
