"""One subcloud, once: the main path. Read this file first.

Git says (`desired`), the site shows (`observed`), the difference is planned, what policy permits and no gate holds is
sent, and what is then known is the verdict. Stages are plain functions on values; only `observe` and `send` touch the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.engine.comparing import compared
from reconciler.engine.conditions import over
from reconciler.engine.ending import ending
from reconciler.engine.gating import Gated, forewarned, gated
from reconciler.engine.judgement import fields
from reconciler.engine.merged import Merged, approved_by_merge
from reconciler.engine.office import Office, Visit
from reconciler.engine.permission import Asked, Permission, permitted
from reconciler.engine.read_once import as_deployed, deployed_with, deploys, is_new, redeploys, says_the_same
from reconciler.engine.running import running
from reconciler.engine.sending import Order, Sends, rendering, sent_now
from reconciler.model import redeployment
from reconciler.model.change import Comparison
from reconciler.model.expiry import Expiry
from reconciler.model.fight import fought
from reconciler.model.kind import Context
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.removal import Removals
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Ignored
from reconciler.model.words import ApplyPolicy
from reconciler.plan import plan, said_locked


@dataclass(frozen=True, slots=True)
class Judged:
    """What a site is, what it should be, and the way between. Nothing was sent.

    windows: hosts that we locked and that are locked still, or on their way; of these Git wants `kept` locked, and
    they stay ours, to be unlocked when Git says so.
    removals: what was removed from Git, and what is to become of it.
    coverage: how much of what the site shows Git says, by area.
    ignored: what differs and does not count: of it nothing is in `found`, and `desired` says what the site shows.
    reported: what nothing but a redeployment could mend: it is told, and keeps nothing else waiting.
    base: what Git said when the site followed it last; None where nobody knows.
    certificates: those that end first; None where they were not read.
    release: the one that the site runs, as nearly as it was asked for.
    """

    desired: Snapshot
    observed: Snapshot
    found: Comparison
    plan: Plan
    windows: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    removals: Removals = field(default_factory=Removals)
    ignored: tuple[Ignored, ...] = ()
    base: Snapshot | None = None
    reported: frozenset[ResourceKey] = frozenset()
    coverage: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    certificates: tuple[Expiry, ...] | None = None
    release: str = ""

    @property
    def owed(self) -> frozenset[str]:
        """The windows that are to be closed."""
        return self.windows - self.kept

    @property
    def follows(self) -> bool:
        """The site has all that its commit says, but for deletes: those are carried, or need this commit as a base."""
        deletes = {c.key for c in self.found.changes if c.pruning}
        not_its_own = deletes | self.reported
        left = [c for c in self.found.changes if c.key not in not_its_own]
        blocked = {b.key for b in self.plan.blocked} - not_its_own
        is_extra = bool(self.found.extra) and not self.removals.blind
        return not (left or blocked or is_extra or self.found.unjudged or self.owed)


async def judge(visit: Visit, office: Office) -> Judged:
    """The site looked at, compared and planned for. Raises Unreachable and Unauthorized; sends nothing."""
    with office.timed("observe"):
        have = as_deployed(await visit.remote.observe(_spoken_of(visit, office)), visit.deployed, office.kinds)
    with office.timed("diff"):
        seen = compared(visit, have, await office.at_look(visit))
    with office.timed("plan"):
        ours, both = still_open(visit.windows, have), _both(visit, seen.head, have)
        todo = plan(seen.found, both, office.kinds, ours, visit.desired.revision)
    kept = said_locked(both, office.kinds)
    ends = ending(have, office.kinds, visit.settings.certificates)
    return Judged(
        desired=seen.head,
        observed=have,
        found=seen.found,
        plan=todo,
        windows=ours,
        kept=kept,
        removals=seen.removals,
        ignored=seen.ignored,
        base=seen.base,
        reported=frozenset(c.key for c in seen.found.changes if office.kinds[c.key.kind].read_once),
        coverage=seen.coverage,
        certificates=ends,
        release=running(have, office.kinds),
    )


async def reconcile(visit: Visit, office: Office, sends: Sends = sent_now) -> tuple[Judged, Outcome]:
    """The site brought as near to Git as its policies permit, once. Call again to see what came of it.

    sends: how a plan is sent: from here, or by a workflow that outlives this process, whose end is told later.
    """
    judged = await judge(visit, office)
    _note_what_is_over(judged, visit, office)
    allowed = await forewarned(_or_merged(_permitted(judged, visit, office), judged, visit, office), visit)
    passed = await gated(allowed, judged.observed, visit, office)
    if not passed.plan.stages:
        return judged, replace(allowed.unsent(passed.closed), open_windows=tuple(sorted(judged.owed)))
    order = _order(allowed, passed, judged, visit)
    visit.begins()
    _note_what_it_is_deployed_with(passed.plan, visit, office)
    office.begins(visit.site, passed.plan)
    return judged, await sends(order, visit, office)


def _note_what_it_is_deployed_with(todo: Plan, visit: Visit, office: Office) -> None:
    """What is read once, and shown by nobody: noted with the plan that sends it; of a redeployment, once it is taken."""
    token = redeploys(todo, office.kinds)
    if not token and not deploys(todo, office.kinds):
        return
    made = deployed_with(visit.desired, office.kinds, is_ours=True)
    if token:
        visit.redeploys(redeployment.Asked(token, made))
    else:
        visit.deploys(made)


def _spoken_of(visit: Visit, office: Office) -> frozenset[str]:
    """The kinds of which Git says something there, or said it: some are read only then."""
    base = office.repository.base(visit.site, visit.base_commit)
    said = (*visit.desired.resources, *(base.resources if base else ()), *(r.key for r in visit.carried))
    return frozenset(key.kind for key in said)


def _both(visit: Visit, desired: Snapshot, observed: Snapshot) -> Context:
    """What Git says beside what the site shows."""
    return Context(desired, observed, workers_out=visit.settings.workers_out(observed.system))


def _note_what_is_over(judged: Judged, visit: Visit, office: Office) -> None:
    """What was noted by earlier visits, and the site does not show any more; one that was not asked shows nothing."""
    if judged.observed.absent:
        return
    for host in visit.windows - judged.windows:
        visit.journal.window_closed(host)  # or somebody's later lock of it would be taken for ours
    for host in over(visit.standing, judged.plan, judged.observed.system):
        visit.journal.over(host)
    for note in visit.journal.stored(office.kinds):
        if not note.stands(judged.observed):
            visit.journal.applied(note.key)


def _permitted(judged: Judged, visit: Visit, office: Office) -> Permission:
    """What the site's mode and policies, and people's words, let of the plan be sent."""
    turn = office.turns.of(visit.site)
    goes_by = turn.rollout.id if turn.rollout else ""
    again = fought(visit.writes, fields(judged.found.changes), visit.settings.fighting, office.clock.now())
    asked = Asked(_policies(visit, office), visit.approved, judged.windows, visit.approvals, goes_by, again)
    both = _both(visit, judged.desired, judged.observed)
    return permitted(judged.found, judged.plan, both, office.kinds, asked)


def _policies(visit: Visit, office: Office) -> Settings:
    """What was approved with a site's deployment need not be approved again: that its documents are applied to it.

    Those documents: what Git says since is approved as on any other site, for one may never come into sync.
    """
    settings, noted = visit.settings, visit.deployed
    if settings.apply is not ApplyPolicy.APPROVED or not noted or not is_new(noted, visit.base_commit):
        return settings
    then = office.repository.base(visit.site, noted.commit)
    if then is not None and says_the_same(then, visit.desired):
        return settings.model_copy(update={"apply": ApplyPolicy.AUTO})
    return settings


def _order(allowed: Permission, passed: Gated, judged: Judged, visit: Visit) -> Order:
    """What is sent, with all that its sender needs to know. An approval that it goes by is used up."""
    return Order(
        site=visit.site,
        plan=passed.plan,
        desired=judged.desired,
        rendering=rendering(visit.desired),
        windows=judged.windows,
        stays_locked=judged.kept,
        holds=(*passed.closed, *allowed.holds),
        approval=visit.approve(allowed.merged) if allowed.merged else allowed.approval,
    )


def _or_merged(allowed: Permission, judged: Judged, visit: Visit, office: Office) -> Permission:
    """What only waits for somebody's yes is permitted where a merge was one."""
    rules = visit.settings.merged
    if not (allowed.only_asks and rules) or judged.base is None:
        return allowed
    if office.repository.desired(visit.site) != visit.desired:
        return allowed  # Git moved since the visit began: what moved is of another plan
    merge = office.repository.merge(visit.site, visit.base_commit)
    if merge is None:
        return allowed
    merged = Merged(merge, judged.base, visit.base_commit)
    approval = approved_by_merge(allowed.question, merged, rules, office.kinds)
    return allowed.approved_by(approval) if approval else allowed


def still_open(windows: frozenset[str], have: Snapshot) -> frozenset[str]:
    """The windows whose hosts are not in service: the others were closed, or were noted and never opened.

    A host that is not installed is not the one that we locked: another machine has taken its place. A site that was not
    asked says nothing of its hosts: what we owe it stays owed.
    """
    if have.absent:
        return windows
    hosts = ((name, have.system.hosts.get(name)) for name in windows)
    return frozenset(name for name, host in hosts if host and host.is_installed and not host.is_unlocked)
