"""A site that another central cloud has let go of, taken over by this one: nothing on it is made anew.

dcmanager asks the site for its region, adds it, and tells it by a playbook who its centre is now (distcloud
dcmanager/api/controllers/v1/subclouds.py post with `migrate`, dcmanager/manager/subcloud_manager.py rehome_subcloud). Where
that failed there is no going on with one subcloud: its row is deleted, which touches nothing on the site, and it is added
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import DeployStatus, Milestone, is_elsewhere, is_moving, passed
from reconciler.model.kind import Context, Deletion, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.words import Area, Disruption, Service, Severity

ADDED_S = 300.0  # for a row that kind `subcloud` makes before


class Rehoming(shared.Playbook):
    """There once the site is this central cloud's."""


def declare(site: Site) -> Iterator[Resource[Rehoming]]:
    policy = shared.policy_of(site)
    if policy is None or site.bootstrap_values is None or policy.onboarding is not Onboarding.REHOME:
        return
    yield KIND.declared(site.bootstrap_values, **shared.played(policy, site))


def read(rows: Rows) -> Iterator[Resource[Rehoming]]:
    row = shared.row_of(rows)
    if row is not None and passed(DeployStatus(row[shared.STATUS])) >= Milestone.COMPLETE:
        yield Resource(ResourceKey(KIND.name, ""), Rehoming())


def write(changes: Sequence[Change[Rehoming]], context: Context) -> Iterable[Call]:
    """What another kind adds, or somebody began, is waited for."""
    site, now = context.desired.site, shared.status(context.observed)
    path = f"{shared.SUBCLOUDS}/{site}"
    for change in changes:
        if now is None or is_moving(now):
            end = shared.until_taken_over(site, ADDED_S) if now is None else shared.until_taken_over(site)
            yield Call("GET", path, until=end, service=Service.DCMANAGER)
        else:
            yield Call("DELETE", path, service=Service.DCMANAGER)
            yield shared.taken_over(site, change.want.values, change.want.address, change.want.sysadmin)


def impossible(change: Change[Rehoming], context: Context) -> str:
    """What its files lack, and rows that may not be given up for it."""
    row, now = context.observed.resources.get(shared.KEY), shared.status(context.observed)
    if lacks := shared.lacking(context.desired):
        return lacks
    if not change.want.sysadmin:
        return "dcmanager wants the password of sysadmin for it: say subcloud.sysadmin"
    if row is None or now is None or is_moving(now):
        return ""
    if shared.tied(context.observed):
        group = row.spec.peer_group
        return f"it is taken over with its peer group: say central.peerGroups.{group}.migrate in fleet.yaml"
    if not (is_elsewhere(now) or now is DeployStatus.CREATE_FAILED):
        return f"dcmanager has begun something else with it: its deploy status is {now.value}"
    return ""


KIND = ResourceKind(
    name="subcloud-rehoming",
    spec=Rehoming,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,
    impossible=impossible,
    resumes=True,
    asks="a site is taken over from another central cloud, which must have let go of it first",
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud",),
    only_after=("subcloud",),
    severity=Severity.OUTAGE,
    deletion=Deletion(never="whose a site is no commit takes back: the other central cloud takes it over in its turn"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "values": "The bootstrap values, with the gateway of this central cloud.",
            "address": "Where Ansible reaches controller-0.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"POST {shared.SUBCLOUDS}", f"DELETE {shared.SUBCLOUDS}/{{site}}"),
        costs="The site answers to this central cloud afterwards: users, certificates and keys are its. Nothing is installed.",
        sources=(
            "distcloud dcmanager/api/controllers/v1/subclouds.py post",
            "distcloud dcmanager/manager/subcloud_manager.py rehome_subcloud, subcloud_deploy_create",
            "distcloud dcmanager/common/phased_subcloud_deploy.py generate_subcloud_unique_region",
        ),
    ),
)
