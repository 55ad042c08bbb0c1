"""What fleet.yaml says of the central cloud, beside what sites say of their place in it: names that nobody defines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reconciler.desired.files import FLEET
from reconciler.desired.findings import Findings
from reconciler.desired.settings import Fleet
from reconciler.model.central import DEFAULT_GROUP, NO_PEER_GROUP
from reconciler.model.node import Node
from reconciler.model.subcloud_policy import SubcloudDefaults

PLACES: Mapping[str, str] = {"group": "groups", "peerGroup": "peerGroups"}
"""What a site says of its place -> where `central` defines it."""
ALWAYS: Mapping[str, Collection[str]] = {
    "groups": frozenset({DEFAULT_GROUP}),
    "peerGroups": frozenset({NO_PEER_GROUP}),
}
NO_SITE = (
    "nothing says which folder is the system controller, whose dcmanager is to have this: say central.site, or "
    "rollout.central"
)
NOT_FIRST = "only where its priority is 0 a group goes over to others: the peer itself is told of it by the first"


def check_central(fleet: Fleet, central: Node, findings: Findings) -> None:
    """What the model of fleet.yaml alone cannot say."""
    if not fleet.central_site:
        findings.refuse(f"fleet: central: {NO_SITE}", central.origin)
    peers = central.get("peers")
    groups = central.get("peerGroups")
    for name, group in groups.members() if groups else ():
        said = group.get("peers")
        for peer, association in said.members() if said else ():
            if peers and peers.get(peer) is None:
                message = f'no "{peer}": central.peers defines {_names(peers)}'
                findings.refuse(f"fleet: central.peerGroups.{name}.peers: {message}", association.origin)
        if said and group.text("priority") not in {"", "0"}:
            findings.refuse(f"fleet: central.peerGroups.{name}.peers: {NOT_FIRST}", said.origin)


def _names(mapping: Node) -> str:
    return ", ".join(sorted(name for name, _ in mapping.members())) or "none"


def check_places(policy: SubcloudDefaults | None, fleet: Node | None, said: Iterable[Node], findings: Findings) -> None:
    """A group that a site names is defined, where groups are defined at all. said: the nearest last."""
    central = fleet.get("central") if fleet else None
    if policy is None or central is None:
        return
    places = tuple(said)
    for key, names in PLACES.items():
        node = next((node for place in reversed(places) if (node := place.get(key))), None)
        defined = central.get(names)
        if node is None or defined is None or defined.get(str(node.value)) or node.value in ALWAYS[names]:
            continue
        message = f'subcloud.{key}: no "{node.value}": central.{names} of {FLEET} defines {_names(defined)}'
        findings.refuse(message, node.origin)
