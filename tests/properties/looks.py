"""A site that has one of each, looked at once; and snapshots of it as a machine deals them anew."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from reconciler.model.snapshot import Snapshot
from tests.properties.direct import Box, in_service, rendered
from tests.properties.documents import DISK, OTTAWA, ROOK, document, site_of

PORT = {"name": "data0", "class": "data", "port": {"name": OTTAWA.data_port}, "mtu": 9216, "dataNetworks": ["edge"]}
VLAN = {"name": "field30", "class": "platform", "lower": OTTAWA.lower, "vid": 30, "mtu": 1500}
ONE_OF_EACH = [
    document("DataNetwork", "edge", {"type": "vlan", "mtu": 9000}),
    document("DataNetwork", "core", {"type": "flat"}),
    document("PtpInstance", "clock0", {"service": "ptp4l", "parameters": {"global": ["domainNumber=24"]}}),
    document("PtpInterface", "clock0-port", {"ptpinstance": "clock0", "parameters": ["masterOnly=1"]}),
    document("AddressPool", "field", {"subnet": "10.77.0.0", "prefix": 24, "allocation": {"order": "random"}}),
    document("PlatformNetwork", "field", {"type": "other", "dynamic": False, "associatedAddressPools": ["field"]}),
    document("System", "site", {"location": "Hull", "dnsServers": ["10.0.0.1"], "storage": {"backends": [ROOK]}}),
    document(
        "HostProfile",
        OTTAWA.profile,
        {
            "labels": {"rack": "a", "openvswitch": "enabled"},
            "ptpInstances": ["clock0"],
            "interfaces": {"vlan": [VLAN], "ethernet": [PORT]},
            "addresses": [{"interface": "field30", "address": "10.30.0.2", "prefix": 24}],
            "routes": [
                {"interface": "field30", "subnet": "10.130.0.0", "prefix": 16, "gateway": "10.30.0.1", "metric": 1}
            ],
            "storage": {
                "filesystems": [{"name": "image-conversion", "size": 10}],
                "osds": [{"path": DISK, "function": "osd", "cluster": "ceph_rook_cluster"}],
            },
        },
    ),
]


@cache
def base() -> Snapshot:
    """What Git says where it says one of each."""
    return rendered(site_of(OTTAWA.site, ONE_OF_EACH), "c0")


@cache
def shown() -> Snapshot:
    """The site that follows it."""
    box = Box(in_service(OTTAWA.site))
    while not (todo := box.judged(base(), rendered(site_of(OTTAWA.site, [])))).plan.is_empty:
        outcome = box.applied(todo)
        assert outcome.is_done, outcome.message
    return box.observed()


def dealt(snapshot: Snapshot, order: random.Random) -> Snapshot:
    """The same snapshot, its resources in another order, and each called otherwise by the API."""
    keys = list(snapshot.resources)
    order.shuffle(keys)
    renamed = {key: replace(r, ids=_renamed(r.ids)) for key, r in snapshot.resources.items()}
    return replace(snapshot, resources={key: renamed[key] for key in keys})


def _renamed(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: f"anew-{value}" if isinstance(value, str) else value for name, value in ids.items()}
