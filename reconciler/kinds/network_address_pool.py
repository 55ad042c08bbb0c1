"""Second address pool of a platform network: its other family. The first one comes with the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _networks as networks
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/network_addresspools"


class NetworkAddressPool(Spec):
    """A network has one pool of each family; which one a family has cannot change, so it is not compared."""

    network: Annotated[str, Attr(key=True, refers_to="platform-network")]  # its type
    family: Annotated[addresses.Family, Attr(key=True)]
    pool: Annotated[str | None, Attr(send_only=True, refers_to="address-pool")] = None


def declare(site: Site) -> Iterator[Resource[NetworkAddressPool]]:
    for _, node in networks.networks(site):
        for pool in islice(node.listed("associatedAddressPools"), 1, None):
            # a pool without a document is on the site already, and so is what it belongs to
            if family := networks.family_of(str(pool.value), site):
                yield KIND.declared(pool, network=node.get("type"), family=Given(family), pool=pool)


def express(resource: Resource[NetworkAddressPool], snapshot: Snapshot) -> Iterator[Said]:
    """All the pools of its network."""
    network = resource.spec.network
    place = Said("PlatformNetwork", networks.network_name(network, snapshot), ("associatedAddressPools",))
    yield place.says(networks.pools_of(network, snapshot))


def read(rows: Rows) -> Iterator[Resource[NetworkAddressPool]]:
    kinds = {row["uuid"]: row["type"] for row in rows.all("networks")}
    subnets = {row["uuid"]: row["network"] for row in rows.all("addrpools")}
    for row in rows.all("network_addresspools"):
        network, subnet = kinds.get(row["network_uuid"]), subnets.get(row["address_pool_uuid"])
        if network and subnet:
            family = addresses.family(subnet)
            spec = NetworkAddressPool(network=network, family=family, pool=row["address_pool_name"])
            yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def built_in(resource: Resource[NetworkAddressPool], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.network in networks.BOOTSTRAPPED


def write(changes: Sequence[Change[NetworkAddressPool]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        network = Ref(ResourceKey("platform-network", change.want.network))
        pool = Ref(ResourceKey("address-pool", change.want.pool or ""))
        yield Call("POST", PATH, {"network_uuid": network, "address_pool_uuid": pool}, creates=change.key)


def undeletable(change: Change[NetworkAddressPool], context: Context) -> str:
    """The first pool stays, and mgmt of an AIO-SX changes only while it is locked (sysinv network_addrpool.py)."""
    network, pool = change.have.network, change.have.pool
    found = context.observed.resources.get(ResourceKey("platform-network", network))
    if found and found.spec.pool == pool:
        return f"it is the primary pool of {network}, which goes only with its network"
    if network == "mgmt" and (controller := networks.in_service(context)):
        return f"mgmt of an AIO-SX lets go of a pool only while {controller} is locked: lock it"
    return ""


def impossible(change: Change[NetworkAddressPool], context: Context) -> str:
    """What the platform refuses (sysinv network_addrpool.py _check_modification_allowed, _create_network_addrpool)."""
    network, family = change.want.network, change.want.family
    if network == "pxeboot":
        return "the pxeboot network has one pool, of IPv4"
    if network == "mgmt" and (controller := networks.in_service(context)):
        return f"mgmt of an AIO-SX takes a second pool only while {controller} is locked: lock it"
    oam = ResourceKey(KIND.name, f"oam/{family}")
    if network == "cluster-pod" and oam not in context.observed.resources and oam not in context.desired.resources:
        return f"cluster-pod takes an {family} pool only after oam has one: give oam one in Git"
    return ""


KIND = ResourceKind(
    name="network-address-pool",
    spec=NetworkAddressPool,
    area=Area.NETWORK,
    collections=("network_addresspools", "networks", "addrpools"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    disruption=Disruption.SERVICE,
    settles=lambda change, context: networks.locked_after({change.key.name.partition("/")[0]}, context),
    impossible=impossible,
    deletion=Deletion(
        is_destructive=True,
        refused=undeletable,
        effect="the network loses that family, and its interfaces their addresses of it",
    ),
    documents=("PlatformNetwork.spec.associatedAddressPools",),
    about=About(
        places={"network": "PlatformNetwork.spec.type", "family": "AddressPool.spec.subnet", "pool": "."},
        words={
            "network": "the network by its type",
            "family": "ipv4 or ipv6: that of the pool",
            "pool": "the pool by its name",
        },
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        costs="Service: the network's addresses come and go in service. On systems with two controllers OAM then wants a lock and unlock of both, mgmt one of every host.",
        sources=("sysinv api/controllers/v1/network_addrpool.py", "recorded"),
    ),
)
