"""Small systems for tests of the network kinds: documents as their authors write them, rows as the API lists them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml

from reconciler.diff import compare, spelled
from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.plan import Call, Plan
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.secret import Upload
from reconciler.model.site import Settings, Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.wire import plain
from reconciler.model.words import Action
from reconciler.observe import interpret
from reconciler.plan import plan

NETWORK_KINDS = (
    "address",
    "address-pool",
    "bond",
    "data-network",
    "ethernet",
    "ethernet-over",
    "host-ptp-instance",
    "interface",
    "interface-address-mode",
    "interface-data-network",
    "interface-network",
    "interface-ptp-interface",
    "network-address-pool",
    "platform-network",
    "port",
    "ptp-instance",
    "ptp-interface",
    "route",
    "vf",
    "vlan",
)
KINDS = {name: registry()[name] for name in NETWORK_KINDS}
HOST = "controller-0"


# desired


def node(value: Any, line: int = 1) -> Node:
    """Plain Python as nodes; the line is counted by nobody."""
    if isinstance(value, dict):
        value = {k: node(v) for k, v in value.items()}
    elif isinstance(value, list):
        value = tuple(node(v) for v in value)
    return Node(value, Origin("deployment-config.yaml", line))


def site(text: str) -> Site:
    """`hosts: {name: profile}`, and documents as `AddressPool: {name: spec}`."""
    said = yaml.safe_load(text) or {}
    hosts = {name: node(profile) for name, profile in said.pop("hosts", {}).items()}
    documents = {kind: {n: node(spec) for n, spec in named.items()} for kind, named in said.items()}
    return Site("ottawa", Settings(), None, None, hosts, documents)


def desired(text: str) -> Snapshot:
    said = site(text)
    resources = {r.key: r for kind in KINDS.values() for r in kind.declare(said)}
    owned = frozenset((name, *where) for name, kind in KINDS.items() for where in kind.owns(said))
    return Snapshot("ottawa", resources, owned=owned)


def declared(kind: str, text: str) -> list[Resource[Any]]:
    return list(KINDS[kind].declare(site(text)))


# observed


def host_row(name: str = HOST, number: int = 1, state: str = "new", **more: Any) -> dict[str, Any]:
    """A host that never was in service and is locked (`new`), is in service, or is locked by somebody."""
    personality = "controller" if name.startswith("controller") else "worker"
    in_service = state == "unlocked"
    return {
        "uuid": f"host-{name}",
        "id": number,
        "hostname": name,
        "personality": personality,
        "administrative": "unlocked" if in_service else "locked",
        "operational": "enabled" if in_service else "disabled",
        "availability": "available" if in_service else "online",
        "invprovision": "provisioning" if state == "new" else "provisioned",
        "capabilities": {"Personality": "Controller-Active"} if name == HOST else {},
        **more,
    }


def system_row(mode: str = "simplex", kind: str = "All-in-one") -> dict[str, Any]:
    return {"uuid": "system", "name": "ottawa", "system_mode": mode, "system_type": kind, "software_version": "24.09"}


def interface(name: str, iftype: str = "ethernet", ifclass: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of /ihosts/<host>/iinterfaces, as a host's inventory makes it."""
    return {
        "uuid": f"if-{name}",
        "ifname": name,
        "iftype": iftype,
        "imtu": 1500,
        "ifclass": ifclass,
        "aemode": None,
        "txhashpolicy": None,
        "primary_reselect": None,
        "forihostid": 1,
        "ihost_uuid": f"host-{HOST}",
        "vlan_id": None,
        "uses": [],
        "used_by": [],
        "sriov_numvfs": 0,
        "sriov_vf_driver": None,
        "ptp_role": "none",
        "max_tx_rate": None,
        "max_rx_rate": None,
        "ovs_access": False,
        **more,
    }


def port(name: str, of: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of /ports, and of which interface it is the port."""
    facts = {"pciaddr": "0000:02:00.0", "numa_node": 0, "driver": "ice", "sriov_totalvfs": 64, "sriov_numvfs": 0}
    parents = {"host_uuid": f"host-{HOST}", "interface_uuid": f"if-{of or name}"}
    return {"uuid": f"port-{name}", "name": name, **facts, **parents, **more}


LO = interface("lo", "virtual", "platform", ipv4_mode="static")


def assigned(network: str, ifname: str, number: int = 1) -> dict[str, Any]:
    """A row of /interface_networks."""
    names = {"ifname": ifname, "network_name": network, "network_type": network}
    return {"uuid": f"ifnet-{network}", "id": 1, "forihostid": number, **names}


def pool(name: str, network: str, prefix: int = 24, **more: Any) -> dict[str, Any]:
    """A row of /addrpools."""
    base = {"uuid": f"pool-{name}", "name": name, "network": network, "prefix": prefix, "order": "random"}
    roles = dict.fromkeys(("floating_address", "controller0_address", "controller1_address", "gateway_address"))
    return {**base, "ranges": [[network.removesuffix("0") + "1", network.removesuffix("0") + "254"]], **roles, **more}


def network(kind: str, pool_name: str, dynamic: bool = True, number: int = 1) -> dict[str, Any]:
    """A row of /networks."""
    base = {"uuid": f"net-{kind}", "id": number, "type": kind, "name": kind, "dynamic": dynamic}
    return {**base, "pool_uuid": f"pool-{pool_name}", "primary_pool_family": "IPv4"}


def serving(kind: str, pool_name: str) -> dict[str, Any]:
    """A row of /network_addresspools."""
    pool_of = {"address_pool_uuid": f"pool-{pool_name}", "address_pool_name": pool_name}
    return {"uuid": f"netpool-{kind}-{pool_name}", **pool_of, "network_uuid": f"net-{kind}", "network_name": kind}


LISTS = (
    "addresses", "addrpools", "datanetworks", "interface_datanetworks", "interface_networks", "network_addresspools",
    "networks", "ports", "ptp_instances", "ptp_interfaces", "routes",
)  # fmt: skip


def rows(*hosts: dict[str, Any], system: dict[str, Any] | None = None, **lists: Any) -> Rows:
    """Every list of one system, read to its end; `iinterfaces` by host, or of controller-0."""
    listed: dict[tuple[str, str], Any] = {("isystems", ""): (system or system_row(),)}
    listed["ihosts", ""] = hosts or (host_row(),)
    listed |= {(name, ""): tuple(lists.get(name, ())) for name in LISTS}
    of_hosts = lists.get("iinterfaces", ())
    of_hosts = of_hosts if isinstance(of_hosts, dict) else {HOST: of_hosts}
    listed |= {("iinterfaces", h["hostname"]): tuple(of_hosts.get(h["hostname"], ())) for h in listed["ihosts", ""]}
    return Rows(listed)


def observed(found: Rows) -> Snapshot:
    return interpret("ottawa", found, KINDS, 0.0)


# what follows


def context(text: str, found: Rows) -> Context:
    seen = observed(found)
    return Context(spelled(desired(text), seen, KINDS), seen)


def differences(text: str, found: Rows) -> dict[str, Change[Any]]:
    """What has to change, by kind/name."""
    around = context(text, found)
    return {f"{c.key.kind}/{c.key.name}": c for c in compare(around.desired, around.observed, KINDS).changes}


def planned(text: str, found: Rows) -> Plan:
    around = context(text, found)
    return plan(compare(around.desired, around.observed, KINDS), around, KINDS)


def calls(made: Plan) -> list[Call]:
    """Every call of a plan, in the order in which it is sent."""
    return [c for stage in made.stages for c in (*(c for s in stage.steps for c in s.calls), *stage.last)]


def told(call: Call) -> str:
    """A call in one line, `PATCH iinterfaces/<enp0s8> ifname=mgmt0`: names for ids, and without the parent host."""
    path = call.path.removeprefix("/v1/").format(**{n: f"<{r.key.name}>" for n, r in call.refs.items()})
    body = plain(call.body) if isinstance(call.body, Upload) else call.body or {}
    if isinstance(body, list):
        words = [
            f"{'' if op['op'] == 'replace' else op['op'] + ' '}{op['path'][1:]}={_value(op['value'])}" for op in body
        ]
    else:
        words = [f"{name}={_value(value)}" for name, value in body.items() if name != "ihost_uuid"]
    return f"{call.method} {path} {' '.join(words)}".strip()


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "+".join(map(_value, value))
    return f"<{value.key.name}>" if hasattr(value, "key") else str(value)


def sent(made: Plan) -> list[str]:
    return [told(c) for c in calls(made)]


def written(kind: str, change: Change[Any], around: Context | None = None) -> list[Call]:
    """The calls of one change; a replacement as its two halves."""
    around = around or context("", rows())
    halves = [change]
    if change.action is Action.REPLACE:
        halves = [replace(change, action=Action.DELETE, desired=None), replace(change, action=Action.CREATE)]
    return [call for half in halves for call in KINDS[kind].write([half], around)]


def said_equal(kind: str, resource: Resource[Any], found: Resource[Any]) -> bool:
    """Whether nothing that Git says differs from what was found."""
    facts = KINDS[kind]
    names = facts.compared(resource.spec)
    return all(facts.is_same(n, getattr(resource.spec, n), getattr(found.spec, n)) for n in names)


def fields(change: Change[Any]) -> dict[str, tuple[Any, Any]]:
    """attribute -> (on the site, in Git)."""
    return {f.name: (f.observed, f.desired) for f in change.fields}


def key(kind: str, name: str, host: str = HOST) -> ResourceKey:
    return ResourceKey(kind, name, host)
