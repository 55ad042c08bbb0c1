"""By which addresses the central cloud reaches a subcloud: its admin network, or its management network without one.

dcmanager moves all four values at once, on an unmanaged subcloud, by a playbook on the site (distcloud
dcmanager/api/controllers/v1/subclouds.py _validate_network_reconfiguration; recorded up to `reconfiguring-network`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import DeployStatus, is_deployed, is_moving
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import Multipart, Part
from reconciler.model.node import Node
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Service, Severity

VALUES = {
    "subnet": ("subnet", "management_subnet", "management-subnet"),
    "gateway": ("gateway_address", "management_gateway_ip", "management-gateway-ip"),
    "start": ("start_address", "management_start_ip", "management-start-ip"),
    "end": ("end_address", "management_end_ip", "management-end-ip"),
}
"""Attribute -> how bootstrap values say it after `admin_` or `management_`, how a PATCH takes it, how the row shows it."""


class Network(Spec):
    """The primary addresses. address: where Ansible reaches the site meanwhile."""

    subnet: Annotated[str | None, Attr(spelled=addresses.SUBNET)] = None
    gateway: Annotated[str | None, Attr(canonical=addresses.IP_TEXT)] = None
    start: Annotated[str | None, Attr(canonical=addresses.IP_TEXT)] = None
    end: Annotated[str | None, Attr(canonical=addresses.IP_TEXT)] = None
    address: Annotated[str | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Network]]:
    """All four, or nothing: a simplex site may say a floating address in place of a range."""
    policy, values = shared.policy_of(site), site.bootstrap_values
    if policy is None or values is None:
        return
    prefix = "admin" if values.get("admin_subnet") else "management"
    said = {name: _primary(values.get(f"{prefix}_{suffix}")) for name, (suffix, _, _) in VALUES.items()}
    if all(said.values()):
        yield KIND.declared(
            values,
            **said,
            address=Given(shared.bootstrap_address(site)),
            sysadmin=shared.given(policy.sysadmin, site, "sysadmin"),
        )


def _primary(node: Node | None) -> Node | None:
    """Of two families, the first: dcmanager moves that (recorded)."""
    return Node(_spelled(str(node.value).split(",")[0].strip()), node.origin) if node else None


def _spelled(text: str) -> str:
    """A subnet by its network address; an address as it is written."""
    if "/" not in text:
        return text
    address, _, prefix = text.partition("/")
    return f"{addresses.subnet(address, prefix)}/{prefix}"


def read(rows: Rows) -> Iterator[Resource[Network]]:
    row = shared.row_of(rows)
    if row is not None and is_deployed(DeployStatus(row[shared.STATUS])):
        values = {name: str(row.get(shown) or "") for name, (_, _, shown) in VALUES.items()}
        yield Resource(ResourceKey(KIND.name, ""), Network.of(**{n: _spelled(v) for n, v in values.items() if v}))


def write(changes: Sequence[Change[Network]], context: Context) -> Iterable[Call]:
    path, now = f"{shared.SUBCLOUDS}/{context.desired.site}", shared.status(context.observed)
    done = Until(
        path,
        shared.STATUS,
        (DeployStatus.COMPLETE.value,),
        phases.PLAYBOOK_S,
        (DeployStatus.NETWORK_FAILED.value,),
        shared.ERROR,
        outlasts=True,
    )
    for change in changes:
        if now is not None and is_moving(now):
            yield Call("GET", path, until=done, service=Service.DCMANAGER)
            return
        yield from shared.unmanaged_first(context.desired.site, context.observed)
        end = phases.begun(done, now)
        form = Multipart(_form(change.want))
        yield Call("PATCH", path, form, until=end, service=Service.DCMANAGER, begins_late=True)


def _form(want: Network) -> dict[str, Part]:
    parts: dict[str, Part] = {taken: str(getattr(want, name)) for name, (_, taken, _) in VALUES.items()}
    return parts | {"bootstrap_address": want.address or ""} | shared.passwords(want.sysadmin)


def impossible(change: Change[Network], context: Context) -> str:
    """All four differ, or dcmanager refuses (recorded: 422)."""
    if same := sorted(VALUES.keys() - change.names):
        return (
            f"dcmanager moves subnet, gateway, start and end at once: {', '.join(same)} would stay; give it another too"
        )
    if reason := shared.tied(context.observed):
        return reason
    if shared.status(context.observed) not in {DeployStatus.COMPLETE, DeployStatus.NETWORK_FAILED}:
        return "it is moved once its deployment is complete"
    if not change.want.sysadmin:
        return "dcmanager wants the password of sysadmin for it: say subcloud.sysadmin"
    return ""


KIND = ResourceKind(
    name="subcloud-network",
    spec=Network,
    area=Area.NETWORK,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    disruption=Disruption.SERVICE,
    resumes=True,
    asks="the network by which the centre reaches it moves",
    is_made=False,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud-completion",),
    severity=Severity.SERVICE,
    deletion=Deletion(never="the site keeps the addresses that it has"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "subnet": "`admin_subnet` of bootstrap-values.yaml, or `management_subnet`.",
            "gateway": "`admin_gateway_address`, or `management_gateway_address`.",
            "start": "`admin_start_address`, or `management_start_address`.",
            "end": "`admin_end_address`, or `management_end_address`.",
            "address": "Where Ansible reaches the site.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"PATCH {shared.SUBCLOUDS}/{{site}}",),
        costs="The site is unmanaged, and the centre loses it while its network moves; who uses the site may not notice.",
        sources=("distcloud dcmanager/api/controllers/v1/subclouds.py _validate_network_reconfiguration", "recorded"),
    ),
)
