"""What a kind expresses, it declares again: the two are inverse, whatever the values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.express import expressed
from reconciler.adopt.tree import branches, plain
from reconciler.kinds import registry
from reconciler.model.host import HostState, SystemState
from reconciler.model.resource import Resource
from reconciler.model.rows import COLLECTIONS
from reconciler.model.said import Said
from reconciler.model.site import Settings, Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Scope, Service
from tests.kinds.networks import node

KINDS = registry()
HOST = "worker-0"
SYSTEM = SystemState(
    "ottawa", "u", "duplex", "Standard", "24.09", {HOST: HostState(HOST, "u", 1, "worker", frozenset({"worker"}))}
)

WORDS = st.text("abcxyz019-", min_size=1, max_size=8)
TEXT = st.text(min_size=1, max_size=12)
COUNTS = st.integers(0, 1 << 20)
NODES = st.integers(0, 3)
V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).map(str)
PARAMETER = st.builds("{}={}".format, WORDS, WORDS)
NEEDED = frozenset({"function", "journal_gib", "type"})  # without them the document says nothing
SPECS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "system": {"name": WORDS, "description": TEXT, "location": TEXT, "latitude": TEXT, "longitude": TEXT},
    "dns": {"servers": st.lists(V4 | V6, max_size=3).map(tuple)},
    "ntp": {"servers": st.lists(WORDS, max_size=3).map(tuple)},
    "data-network": {"name": WORDS, "network_type": st.just("vxlan"), "mtu": COUNTS, "ttl": COUNTS, "multicast_group": V4},
    "address-pool": {
        "name": WORDS,
        "network": V6,
        "prefix": st.just(128),
        "order": st.sampled_from(("random", "sequential")),
        "ranges": st.lists(st.tuples(V6, V6), min_size=1, max_size=2).map(tuple),
        "floating_address": V6,
        "gateway_address": V6,
    },
    "ptp-instance": {"name": WORDS, "service": st.just("ptp4l"), "parameters": st.dictionaries(
        WORDS, st.lists(PARAMETER, min_size=1, max_size=3, unique=True).map(lambda p: tuple(sorted(p))), min_size=1, max_size=2)},
    "ptp-interface": {"name": WORDS, "instance": WORDS, "parameters": st.lists(PARAMETER, max_size=3).map(tuple)},
    "label": {"name": WORDS, "value": st.text(max_size=5)},
    "kernel": {"flavour": st.sampled_from(("standard", "lowlatency"))},
    "cpu-frequency": {"max_mhz": st.integers(1, 9000).map(str)},
    "cpu-function": {"node": NODES, "function": st.sampled_from(("platform", "shared", "vswitch")), "count": COUNTS},
    "memory": {"node": NODES, "platform_mib": COUNTS, "vm_2m_pages": COUNTS, "vm_1g_pages": COUNTS, "vswitch_1g_pages": COUNTS},
    "host-filesystem": {"name": WORDS, "size_gib": COUNTS},
    "controller-filesystem": {"name": WORDS, "size_gib": COUNTS},
    "ceph-monitor": {"size_gib": COUNTS},
    "volume-group": {"name": WORDS, "function": st.just("lvm-csi"), "lvm_type": st.just("thin"), "pool_gib": COUNTS},
    "osd": {"path": WORDS, "function": st.just("osd"), "journal": WORDS.map("/dev/{}".format), "journal_gib": COUNTS},
    "storage-backend": {"name": WORDS, "type": st.just("ceph"), "services": st.lists(WORDS).map(tuple), "replication": COUNTS},
}  # fmt: skip


def site_of(said: tuple[Said, ...]) -> Site:
    trees = {place: node(plain(branch)) for place, branch in branches(said).items()}
    hosts = {name: tree for (kind, name), tree in trees.items() if kind == "Host"}
    system = next(((name, tree) for (kind, name), tree in trees.items() if kind == "System"), None)
    others: dict[str, dict[str, Any]] = {}
    for (kind, name), tree in trees.items():
        others.setdefault(kind, {})[name] = tree
    return Site("ottawa", Settings(), system[1] if system else None, node(system[0]) if system else None, hosts, others)


def again(kind_name: str, spec: Any) -> Any:
    """The spec after it was written and read."""
    kind = KINDS[kind_name]
    resource = Resource(kind.key(spec, HOST), spec)
    snapshot = replace(Snapshot("ottawa", {resource.key: resource}), system=SYSTEM)
    found = [r for r in kind.declare(site_of(expressed(snapshot, KINDS))) if r.key == resource.key]
    assert len(found) == 1, kind_name
    return found[0].spec


@pytest.mark.parametrize("name", SPECS)
def test_what_is_expressed_is_declared_again(name):
    kind = KINDS[name]
    needed = {n: s for n, s in SPECS[name].items() if kind.attributes[n].key or n in NEEDED}
    others = {n: s for n, s in SPECS[name].items() if n not in needed}

    @given(st.fixed_dictionaries(needed, optional=others).filter(lambda values: values.keys() & others.keys()))
    def check(values):
        spec = kind.spec(**values)
        said = spec.model_fields_set - (set() if spec.model_fields_set & {"journal"} else {"journal_gib"})
        read = again(name, spec)
        assert {n: getattr(read, n) for n in said} == {n: getattr(spec, n) for n in said}

    check()


def test_every_managed_kind_expresses_itself():
    silent = [k for k in KINDS.values() if not k.is_inventory and k.express.__name__ == "nothing_expressed"]
    own = [k for k in silent if any(COLLECTIONS[c].service is Service.PLATFORM for c in k.collections)]
    # what the central cloud has of a site is policy, and which software it runs is: nobody adopts them
    assert [k.name for k in own if k.area is not Area.SOFTWARE] == []


@pytest.mark.parametrize(
    ("name", "value"), [("db_password", "hunter2"), ("auth_token", "hunter2"), ("ca_key", "hunter2"), ("url", "****")]
)
def test_a_secret_is_never_expressed(name, value):
    kind = KINDS["service-parameter"]
    spec = kind.spec(name=f"s/x/{name}", value=value, service="s", section="x", parameter=name)
    resource = Resource(kind.key(spec), spec)
    assert expressed(replace(Snapshot("ottawa", {resource.key: resource}), system=SYSTEM), KINDS) == ()


def test_short_documents_leave_out_what_is_usual():
    kind = KINDS["data-network"]
    assert kind.scope is Scope.SYSTEM
    vlan = KINDS["vlan"]
    spec = vlan.spec(
        name="v1", vlan_id=7, lower="p0", over="port p0", iface_class="platform", mtu=1500, ptp_role="none"
    )
    resource = Resource(vlan.key(spec, HOST), spec)
    snapshot = Snapshot("ottawa", {resource.key: resource})
    keys = [said.path[-1] for said in expressed(snapshot, KINDS, is_short=True)][1:]
    assert keys == ["class", "vid", "lower"]
