"""A permitted plan before the gates: what surrounds the site is read, every gate is asked, and what is left is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.apply import Permits
from reconciler.engine.board_checks import asked
from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.gates import holds
from reconciler.engine.office import Office, Visit
from reconciler.engine.permission import Permission, in_words
from reconciler.model.errors import Held
from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.plan import Plan, Stage
from reconciler.model.proof import ProofPolicy
from reconciler.model.snapshot import Snapshot
from reconciler.plan import expected_s


@dataclass(frozen=True, slots=True)
class Gated:
    """plan: what may be sent now, empty if nothing may. closed: the gates that keep the rest."""

    plan: Plan
    closed: tuple[Hold, ...] = ()


async def gated(allowed: Permission, seen: Snapshot, visit: Visit, office: Office) -> Gated:
    """The part of a permitted plan that no gate holds. Asks the site's other services; raises nothing of theirs.

    Where a gate is closed for what disturbs the site, the rest goes on. A window that we opened is closed whatever
    the gates say: the host that we owe the site comes back first.
    """
    if not allowed.plan.stages:
        return Gated(allowed.plan)
    case = replace(await _case(allowed.plan, seen, visit, office), disproved=_disproved(allowed, visit))
    closed = holds(case)
    if not closed:
        return _claimed(allowed.plan, allowed, closed, office)
    quiet = allowed.quiet
    needed_s = expected_s(quiet, seen.system, office.lasting.durations())
    is_open = bool(quiet.changes) and not holds(replace(case, plan=quiet, needed_s=needed_s))
    return _claimed(quiet, allowed, closed, office) if is_open else Gated(allowed.owed, closed)


async def forewarned(allowed: Permission, visit: Visit) -> Permission:
    """With what a service would refuse of a plan that waits for somebody's yes: he reads it before he says it."""
    todo = allowed.planning.todo
    if not (allowed.only_asks and todo.errands) or not (said := await visit.remote.prechecked(todo)):
        return allowed
    return replace(allowed, holds=(*allowed.holds, Hold(GateName.PRECHECK, "; ".join(said))))


def _disproved(allowed: Permission, visit: Visit) -> str:
    """Why the change does not come out on a twin, where the site's policy is to heed that."""
    is_heeded = visit.settings.proof is ProofPolicy.BLOCK
    return visit.disproved(fingerprint(allowed.planning.found)) if is_heeded else ""


def _claimed(todo: Plan, allowed: Permission, closed: tuple[Hold, ...], office: Office) -> Gated:
    """The plan, if nobody was quicker with what the fleet allows at a time. From the gates to here nothing waits."""
    more = office.bounds.claim(todo.site, todo) if todo.changes else ()
    return Gated(allowed.owed, (*closed, *more)) if more else Gated(todo, closed)


def judged_again(visit: Visit, office: Office) -> Permits:
    """The gates once more, before each host but the first is taken out of service: minutes have passed."""

    async def judge(left: tuple[Stage, ...], seen: Snapshot) -> None:
        if closed := holds(await _case(Plan("", visit.site, left), seen, visit, office, again=True)):
            host = left[0].host
            told = f"{visit.site} {host}: not locked" if host else f"{visit.site}: not begun"
            raise Held(f"{told}: {in_words(closed)}")

    return judge


async def _case(plan: Plan, seen: Snapshot, visit: Visit, office: Office, *, again: bool = False) -> Case:
    settings, around = visit.settings, await visit.remote.surroundings(again=again)
    boards = await asked(office.boards, visit.site, plan.reinstalled, waits=again)
    prechecked = await visit.remote.prechecked(plan) if plan.errands else ()
    allowance = office.bounds.of(visit.site)
    return Case(
        site=visit.site,
        group=settings.group,
        plan=plan,
        system=seen.system,
        surroundings=replace(around, boards=boards) if boards else around,
        now=office.clock.now(),
        needed_s=expected_s(plan, seen.system, office.lasting.durations()),
        windows=settings.windows,
        alarm_policy=settings.alarms,
        freezes=settings.freezes,
        suspensions=visit.suspensions(),
        turn=office.turns.of(visit.site),
        conditions=visit.conditions(),
        guards=allowance.guards,
        budgets=allowance.budgets,
        out=visit.out() if again else frozenset(),
        prechecked=prechecked,
    )
