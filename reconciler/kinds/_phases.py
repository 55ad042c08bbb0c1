"""A phase of a subcloud's deployment as a kind: it is there once the subcloud is past its milestone, and is never undone.

starlingx/distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py. A phase is asked for where it may begin; where
it is under way already, its end is waited for: whoever takes over from a process that died asks for nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import STARTS, DeployStatus, Milestone, Step, is_deployed, is_failed, is_moving, passed
from reconciler.model.kind import Context, Deletion, ResourceKind
from reconciler.model.multipart import Multipart, Part
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, ResourceKey, S
from reconciler.model.rows import Row, Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Service, Severity

PHASES = "/v1.0/phased-subcloud-deploy"
PLAYBOOK_S = 3600.0 + 300.0  # dcmanager's playbook_timeout, and what comes before a playbook
STOPPED = tuple(s.value for s in DeployStatus if is_failed(s) or s.value.endswith("-aborted"))
ENDS = {
    Milestone.CREATED: DeployStatus.CREATED,
    Milestone.INSTALLED: DeployStatus.INSTALLED,
    Milestone.BOOTSTRAPPED: DeployStatus.BOOTSTRAPPED,
    Milestone.COMPLETE: DeployStatus.COMPLETE,
}
"""The state with which each is reached; others are seen where it was missed."""
STAYS = Deletion(never="what was done to a machine is not undone by taking its word out of Git")


@dataclass(frozen=True, slots=True)
class Phase(Generic[S]):
    """What tells one phase from the others.

    step: what dcmanager is asked for. steps: the same of what is wanted, where that decides it.
    form: what it is sent. after: the kinds without which it has nothing to begin with.
    """

    name: str
    spec: type[S]
    step: Step
    milestone: Milestone
    declare: Callable[[Site], Iterable[Resource[S]]]
    form: Callable[[S], Mapping[str, Part]]
    after: tuple[str, ...]
    steps: Callable[[S], Step] | None = None

    def kind(
        self, about: About, *, disruption: Disruption = Disruption.NONE, asks: str = "", deploys: bool = False
    ) -> ResourceKind[S]:
        return ResourceKind(
            name=self.name,
            spec=self.spec,
            area=Area.SYSTEM,
            collections=(shared.COLLECTION,),
            declare=self.declare,
            read=self.read,
            write=self.write,
            disruption=disruption,
            impossible=self.impossible,
            resumes=True,
            asks=asks,
            deploys=deploys,
            built_in=shared.is_usual,
            is_usual=shared.is_usual,
            after=self.after,
            only_after=self.after,
            severity=Severity.OUTAGE,
            deletion=STAYS,
            documents=("Site.subcloud",),
            about=about,
        )

    def read(self, rows: Rows) -> Iterator[Resource[S]]:
        if is_behind(shared.row_of(rows), self.milestone):
            yield Resource(ResourceKey(self.name, ""), self.spec())

    def write(self, changes: Sequence[Change[S]], context: Context) -> Iterator[Call]:
        for change in changes:
            step = self.steps(change.want) if self.steps else self.step
            yield _asked(step, self.milestone, self.form(change.want), context)

    def impossible(self, change: Change[Any], context: Context) -> str:  # noqa: ARG002
        return _refused(self.step, context)


def is_behind(row: Row | None, milestone: Milestone) -> bool:
    """Whether a subcloud is past a milestone, or is a site that nobody has to deploy any more."""
    if row is None:
        return False
    now = DeployStatus(row[shared.STATUS])
    return passed(now) >= milestone or is_deployed(now)


def until(site: str, milestone: Milestone, limit_s: float = PLAYBOOK_S) -> Until:
    """The milestone is behind it: whoever polls misses states, so any later one counts. A row that is gone has none."""
    first = ENDS[milestone]
    there = (first.value, *(s.value for s in DeployStatus if passed(s) >= milestone and s is not first))
    fails = (*(state for state in STOPPED if state not in there), None)
    return Until(f"{shared.SUBCLOUDS}/{site}", shared.STATUS, there, limit_s, fails, shared.ERROR, outlasts=True)


def begun(end: Until, now: DeployStatus | None) -> Until:
    """The end of what is asked for now, and not that of the last time.

    dcmanager answers before its manager has written the first state down (distcloud dcmanager/rpc/client.py: a cast).
    """
    return replace(end, before=(now.value,)) if now and now.value in (*end.values, *end.fails) else end


def _asked(step: Step, milestone: Milestone, form: Mapping[str, Part], context: Context) -> Call:
    """The call of a phase; where it is under way, the wait for its end alone."""
    site, now = context.desired.site, shared.status(context.observed)
    end = until(site, milestone)
    if now is not None and is_moving(now):
        return Call("GET", f"{shared.SUBCLOUDS}/{site}", until=end, service=Service.DCMANAGER)
    path = f"{PHASES}/{site}/{step.value}"
    body, end = Multipart(form) if form else None, begun(end, now)
    return Call("PATCH", path, body, until=end, service=Service.DCMANAGER, begins_late=step is not Step.COMPLETE)


def _refused(step: Step, context: Context) -> str:
    """Why a phase cannot be asked for, whatever comes before it, and what it would take; "" if it can."""
    if lacks := shared.lacking(context.desired):
        return lacks
    observed = context.observed
    now = shared.status(observed)
    if now is None or is_moving(now) or now in STARTS[step] or passed(now) is not Milestone.NONE:
        return ""
    return (
        f"dcmanager goes on from nowhere: its deploy status is {now.value}; `dcmanager subcloud errors "
        f"{observed.site}` says why; once it is deleted there, it is added anew"
    )
