"""Another central cloud, which groups of this one's subclouds may go over to. By key: others are left alone.

dcmanager shows everything of a peer but the password. So a password is sent along with whatever else of it changes, and
another password alone is not seen: it takes a change of the peer beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import InBase64
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import SITE
from reconciler.model.words import Area, Severity

TAKEN = {
    "uuid": "peer_uuid",
    "endpoint": "manager_endpoint",
    "username": "manager_username",
    "gateway": "peer_controller_gateway_address",
    "state": "administrative_state",
    "interval": "heartbeat_interval",
    "threshold": "heartbeat_failure_threshold",
    "failure_policy": "heartbeat_failure_policy",
    "maintenance_timeout": "heartbeat_maintenance_timeout",
}
"""Attribute -> how a body says it; rows say it with dashes (recorded)."""
SAID = {
    "uuid": "uuid",
    "endpoint": "managerEndpoint",
    "username": "managerUsername",
    "gateway": "controllerGatewayAddress",
    "state": "administrativeState",
    "interval": "heartbeatInterval",
    "threshold": "heartbeatFailureThreshold",
    "failure_policy": "heartbeatFailurePolicy",
    "maintenance_timeout": "heartbeatMaintenanceTimeout",
}
CREATED = "created"  # what a peer is that no group goes over to: nobody looks whether it answers


class Peer(Spec):
    """password: where it is. availability: whether it answers; shown, never set."""

    name: Annotated[str, Attr(key=True)]
    uuid: str | None = None
    endpoint: str | None = None
    username: str | None = None
    gateway: Annotated[str | None, Attr(canonical=addresses.IP_TEXT)] = None
    state: Literal["enabled", "disabled"] | None = None
    interval: int | None = None
    threshold: int | None = None
    failure_policy: Literal["alarm", "rehome", "delegate"] | None = None
    maintenance_timeout: int | None = None
    availability: str | None = None
    password: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Peer]]:
    for name, node in centre.members(site, "peers"):
        reference = node.text("managerPassword", "secretRef").replace(SITE, site.name)
        yield KIND.declared(node, name=Given(name), password=Given(reference), **SAID)


def read(rows: Rows) -> Iterator[Resource[Peer]]:
    for row in rows.all("system_peers"):
        said: dict[str, Any] = {name: row[taken.replace("_", "-")] for name, taken in TAKEN.items()}
        spec = Peer.of(name=row["peer-name"], availability=row["availability-state"], **said)
        yield Resource(KIND.key(spec), spec, {"id": row["id"]})


def write(changes: Sequence[Change[Peer]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield centre.by_name(centre.PEERS, change, "peer_name", _body)


def _body(want: Peer, names: Iterable[str]) -> dict[str, Any]:
    """With the password, whatever it is by now: dcmanager takes base64, and refuses nothing else (system_peers.py)."""
    said = {
        TAKEN[name]: value for name in sorted(names) if name in TAKEN and (value := getattr(want, name)) is not None
    }
    return {**said, "manager_password": InBase64(SecretRef(want.password or ""))}


KIND = ResourceKind(
    name="system-peer",
    spec=Peer,
    area=Area.SYSTEM,
    collections=("system_peers",),
    declare=declare,
    read=read,
    write=write,
    is_read_on_demand=True,
    severity=Severity.SERVICE,
    deletion=Deletion(effect="the central cloud does not know the other one any more"),
    documents=("Fleet.central.peers",),
    about=About(
        words={
            "name": "Its key under `central.peers` of fleet.yaml.",
            "uuid": "Of its system.",
            "endpoint": "Its Keystone: `managerEndpoint`.",
            "username": "Whom this central cloud is there: `managerUsername`.",
            "gateway": "Gateway on its management network: `controllerGatewayAddress`.",
            "state": "Whether it counts as a peer: `administrativeState`.",
            "interval": "Seconds between two looks whether it answers: `heartbeatInterval`.",
            "threshold": "So many without an answer make it unavailable: `heartbeatFailureThreshold`.",
            "failure_policy": "What follows of that: `heartbeatFailurePolicy`.",
            "maintenance_timeout": "Seconds for which it may be silent while it is worked on: `heartbeatMaintenanceTimeout`.",
            "availability": "Whether it answers; shown, never set.",
            "password": "Where the password is: `managerPassword`. Sent with what else changes; another one alone is not seen.",
        },
        calls=(f"POST {centre.PEERS}", f"PATCH {centre.PEERS}/{{name}}", f"DELETE {centre.PEERS}/{{name}}"),
        sources=("distcloud dcmanager/api/controllers/v1/system_peers.py", "recorded"),
    ),
)
