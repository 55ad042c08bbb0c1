"""A site as a subcloud of its central cloud: the row that dcmanager has of it, and the words in that row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.central import NO_PEER_GROUP
from reconciler.model.change import Change
from reconciler.model.deployment import DeployStatus, Milestone
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import Multipart, Part
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.value_text import ValueText
from reconciler.model.words import Action, Area, Service, Severity

CREATE_S = 300.0
UNKNOWN = (DeployStatus.SECONDARY_FAILED.value,)
AT_ONCE = frozenset({Onboarding.REHOME, Onboarding.SECONDARY})
PATCHED = {"group": "group_id"}
SHOWN = ("group", "has_group", "peer_group", "peer_priority", "wanted_priority")
KEPT = Deletion(never="a subcloud is taken away by people, with dcmanager: Git lets go of it, and the site goes on")


class Subcloud(shared.Subcloud):
    """values: what it is added with; they are read once, when it is bootstrapped. address: of controller-0, for Ansible."""

    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    address: Annotated[str | None, Attr(send_only=True)] = None
    way: Annotated[Onboarding | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Subcloud]]:
    policy, said = shared.policy_of(site), site.bootstrap_values
    if policy is None or said is None:
        return
    description = Given(site.settings.description) if site.settings.description else said.get("description")
    location = shared.told_at(policy.location or None, site, "location") or said.get("location")
    yield KIND.declared(
        said,
        name=Given(site.name),
        description=description,
        location=location,
        group=shared.told_at(policy.group or None, site, "group"),
        peer_group=shared.told_at(policy.peer_group or None, site, "peerGroup"),
        lacks=Given("; ".join(site.lacks)) if site.lacks else None,
        values=Given(shared.bootstrap_values(site)),
        address=Given(shared.bootstrap_address(site)),
        way=Given(policy.onboarding) if policy.onboarding in AT_ONCE else None,
        sysadmin=shared.given(policy.sysadmin, site, "sysadmin") if policy.onboarding is Onboarding.REHOME else None,
    )


def read(rows: Rows) -> Iterator[Resource[Subcloud]]:
    if row := shared.row_of(rows):
        spec = Subcloud(
            name=row["name"],
            description=row["description"],
            location=row["location"],
            **{name: row[name] for name in SHOWN if row.get(name) is not None},
            deploy_status=row[shared.STATUS],
            availability=row["availability-status"],
        )
        yield Resource(shared.KEY, spec, {"id": str(row["name"])})


def write(changes: Sequence[Change[Subcloud]], context: Context) -> Iterable[Call]:
    site = context.desired.site
    for change in changes:
        names: Collection[str] = change.names - {"name"}
        if "name" in change.names:
            yield from _renamed(site, str(change.have.name), context)
        if change.action is Action.CREATE:
            yield _added(site, change.want)
            names = {"group"} if change.want.group else set()  # into a peer group goes only what is managed
        if words := _words(change.want, names):
            yield Call("PATCH", f"{shared.SUBCLOUDS}/{site}", Multipart(words), service=Service.DCMANAGER)


def _renamed(site: str, name: str, context: Context) -> Iterator[Call]:
    """Whether it is managed afterwards is its own resource."""
    yield from shared.unmanaged_first(name, context.observed)
    yield Call("PATCH", f"{shared.SUBCLOUDS}/{name}", Multipart({"name": site}), service=Service.DCMANAGER)


def _words(want: Subcloud, names: Collection[str]) -> dict[str, Part]:
    """What a PATCH takes; a group by its name, which an addition does not take (recorded)."""
    words: dict[str, Part] = {PATCHED.get(name, name): str(getattr(want, name)) for name in sorted(names)}
    if "peer_group" in names and want.peer_group != NO_PEER_GROUP:  # by them the other centre would take it over
        words |= {**shared.files(bootstrap=want.values), "bootstrap_address": want.address or ""}
    return words


def _added(site: str, want: Subcloud) -> Call:
    """The first phase; or the whole way, of a site that another centre has."""
    if want.way is Onboarding.REHOME:
        return shared.taken_over(site, want.values, want.address, want.sysadmin)
    parts: dict[str, Part] = {"bootstrap-address": want.address or ""}
    parts |= shared.files(bootstrap=want.values)
    if want.way is Onboarding.SECONDARY:
        known = Until(f"{shared.SUBCLOUDS}/{site}", shared.STATUS, (DeployStatus.SECONDARY.value,), CREATE_S, UNKNOWN)
        form = Multipart({**parts, "secondary": "true"})
        return Call("POST", shared.SUBCLOUDS, form, until=known, service=Service.DCMANAGER)
    end = phases.until(site, Milestone.CREATED, CREATE_S)
    return Call("POST", phases.PHASES, Multipart(parts), until=end, service=Service.DCMANAGER)


def impossible(change: Change[Subcloud], context: Context) -> str:
    """What its files lack; what its place does not allow; a row that was not made to its end cannot be gone on with."""
    if change.action is Action.CREATE:
        return shared.lacking(context.desired)
    reasons = (
        _nameless(change, context),
        shared.led_elsewhere(context.observed),
        _groupless(change),
        _peerless(change, context),
    )
    if reason := next(filter(None, reasons), ""):
        return reason
    if shared.status(context.observed) is DeployStatus.CREATE_FAILED:
        return (
            f"its creation failed: delete it (dcmanager subcloud delete {context.desired.site}), and it is added anew"
        )
    return ""


def _nameless(change: Change[Subcloud], context: Context) -> str:
    if "name" not in change.names:
        return ""
    if shared.status(context.observed) is not DeployStatus.COMPLETE:
        return f"{change.have.name} is renamed once its deployment is complete"
    return shared.tied(context.observed)


def _groupless(change: Change[Subcloud]) -> str:
    if "group" in change.names and change.have.has_group is False:
        return f"dcmanager has no group {change.want.group}: once there is one, the subcloud is put into it"
    return ""


def _peerless(change: Change[Subcloud], context: Context) -> str:
    """Why it is not put into the peer group that Git names (subclouds.py patch: 400)."""
    want, have = change.want.peer_group, change.have
    if "peer_group" not in change.names or want == NO_PEER_GROUP:
        return ""
    if have.wanted_priority is None:
        return f"dcmanager has no peer group {want}: once there is one, the subcloud is put into it"
    if have.wanted_priority:
        return f"the peer group {want} has the priority {have.wanted_priority} here: only where it is 0 subclouds are put into it"
    if not shared.is_managed(context.observed) or have.availability != shared.ONLINE:
        return f"it is put into the peer group {want} once it is managed and online"
    return ""


KIND = ResourceKind(
    name="subcloud",
    spec=Subcloud,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    severity=Severity.INFO,
    deletion=KEPT,
    documents=("Site.subcloud",),
    about=About(
        words={
            "description": "The site in a few words: `description` of site.yaml, or of bootstrap-values.yaml.",
            "location": "Where it stands: `subcloud.location` of site.yaml, or `location` of bootstrap-values.yaml.",
            "deploy_status": "How far dcmanager is with it; shown, never set.",
            "availability": "Whether dcmanager's audit reaches it; shown, never set.",
            "name": "The name of the folder; one of `subcloud.formerNames` until it is renamed.",
            "group": "The group of dcmanager, by its name: `subcloud.group` of site.yaml.",
            "has_group": "Whether dcmanager has that group; shown, never set.",
            "peer_group": "The group by which it goes over to another centre: `subcloud.peerGroup` of site.yaml, or `none`.",
            "peer_priority": "The priority here of the peer group that it is in; shown, never set.",
            "wanted_priority": "The priority here of the peer group that Git names; shown, never set.",
            "lacks": "What keeps dcmanager from deploying the site, at its lines.",
            "values": "The bootstrap values that it is added with.",
            "address": "Where Ansible reaches controller-0.",
            "way": "How it is added where dcmanager does not deploy it: `subcloud.onboarding`.",
            "sysadmin": "Where the password of sysadmin is, by which it is taken over.",
        },
        calls=(f"POST {shared.SUBCLOUDS}", f"POST {phases.PHASES}", f"PATCH {shared.SUBCLOUDS}/{{site}}"),
        sources=(shared.SOURCE, "distcloud dcmanager/api/controllers/v1/subclouds.py patch", "recorded"),
    ),
)
