"""Whether the central cloud manages a subcloud: audits it against the centre, and may update it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import DeployStatus
from reconciler.model.kind import Context, Deletion, ResourceKind
from reconciler.model.multipart import Multipart
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import ManagementState, Onboarding
from reconciler.model.words import Area, Service, Severity

FIRST = ("subcloud-completion", "subcloud-rehoming")


class Management(Spec):
    state: ManagementState | None = None


def declare(site: Site) -> Iterator[Resource[Management]]:
    policy = shared.policy_of(site)
    if policy is None or policy.onboarding is Onboarding.SECONDARY:
        return
    if policy.state and site.bootstrap_values is not None:
        yield KIND.declared(site.bootstrap_values, state=shared.told_at(policy.state, site, "state"))


def read(rows: Rows) -> Iterator[Resource[Management]]:
    if row := shared.row_of(rows):
        yield Resource(ResourceKey(KIND.name, ""), Management(state=ManagementState(row["management-state"])))


def write(changes: Sequence[Change[Management]], context: Context) -> Iterable[Call]:
    """Dcmanager refuses with 422 what is so already; the look before a step spares that (recorded)."""
    for change in changes:
        form = Multipart({"management-state": str(change.want.state)})
        yield Call("PATCH", f"{shared.SUBCLOUDS}/{context.desired.site}", form, service=Service.DCMANAGER)


def impossible(change: Change[Management], context: Context) -> str:
    """Only what is complete and online can be managed (recorded: 422); anything can be unmanaged."""
    if reason := shared.tied(context.observed):
        return reason
    if change.want.state is not ManagementState.MANAGED:
        return ""
    row = context.observed.resources.get(shared.KEY)
    now = shared.status(context.observed)
    if row is None or now is not DeployStatus.COMPLETE:
        return "it is managed once its deployment is complete and dcmanager finds it online"
    if row.spec.availability != shared.ONLINE:
        return f"dcmanager finds it {row.spec.availability}: it is managed once it is online"
    return ""


KIND = ResourceKind(
    name="subcloud-management",
    spec=Management,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=FIRST,
    only_after=FIRST,
    severity=Severity.SERVICE,
    deletion=Deletion(never="dcmanager's word stays what it is"),
    documents=("Site.subcloud",),
    about=About(
        words={"state": "`subcloud.state` of site.yaml, of its group or of the defaults."},
        calls=(f"PATCH {shared.SUBCLOUDS}/{{site}}",),
        costs="None: users, certificates and keys of the centre are taken over by the site.",
        sources=("distcloud dcmanager/api/controllers/v1/subclouds.py patch", "recorded"),
    ),
)
