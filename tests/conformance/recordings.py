"""The recordings of real sysinv servers, each with the system that it starts from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.simulator.durations import REAL, Durations

SCENARIOS = ("aio-sx-day1", "worker-day1", "bonds-vlans-addresses", "storage", "replace-in-use")
WHOLE = "sysinv"


# The laboratory's agents made a partition, then applied a manifest in a second or two; its other times do not matter.
LAB = replace(REAL, partition=1.0, runtime_apply=2.0, config_status_lag=0.5)


@dataclass(frozen=True)
class Recording:
    name: str
    initial: dict[str, Any]
    calls: list[dict[str, Any]]
    final: dict[str, Any]
    durations: Durations = LAB


# In the recording of the whole API the conductor and the agents were stood in for: no runtime manifest was ever
# reported as applied (sysinv-api.md 0), but that of the worker's kernel, some time before call 295.
KERNEL_REPORTED = 295
STOOD_IN = replace(LAB, runtime_apply=math.inf)


def recording(shared: Path, name: str) -> Recording:
    """One recording by the name of its file or folder."""
    return _whole(shared) if name == WHOLE else _scenario(shared, name)


def _scenario(shared: Path, name: str) -> Recording:
    folder = shared / "recorded" / "sysinv-scenarios" / name
    initial, final = (json.loads((folder / f"{part}.json").read_text()) for part in ("initial", "final"))
    return Recording(name, initial, _lines(folder / "calls.jsonl"), final)


def _whole(shared: Path) -> Recording:
    """``sysinv.jsonl`` begins with every collection: these first lists are the system that it starts from."""
    calls = _lines(shared / "recorded" / "sysinv.jsonl")
    lists = {
        call["path"]: call["response"]
        for call in calls[:102]
        if call["method"] == "GET" and call["status"] == 200 and "?" not in call["path"]
    }
    calls[KERNEL_REPORTED - 1]["injected_before"] = [{"report_config": lists["/v1/ihosts"]["ihosts"][-1]["uuid"]}]
    return Recording(WHOLE, _with_missing_lists(lists), calls, {}, STOOD_IN)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _with_missing_lists(lists: dict[str, Any]) -> dict[str, Any]:
    """The recording lists interfaces of two hosts and partitions of one; the others are built like the first's."""
    first, *others = lists["/v1/ihosts"]["ihosts"]
    for host in others:
        path = f"/v1/ihosts/{host['uuid']}"
        if f"{path}/iinterfaces" not in lists:
            lists[f"{path}/iinterfaces"] = {"iinterfaces": _interfaces_like(lists, first, host)}
        lists[f"{path}/partitions"] = {"partitions": _partitions_like(lists, first, host)}
    return lists


def _interfaces_like(lists: dict[str, Any], first: dict[str, Any], host: dict[str, Any]) -> list[dict[str, Any]]:
    known = {row["ifname"]: row["interface_uuid"] for row in _of(lists, "interface_networks", forihostid=host["id"])}
    macs = {row["name"]: row for row in _of(lists, "ethernet_ports", host_uuid=host["uuid"])}
    by_interface = {row["interface_uuid"]: row["name"] for row in _of(lists, "ethernet_ports", host_uuid=first["uuid"])}
    rows = []
    for row in lists[f"/v1/ihosts/{first['uuid']}/iinterfaces"]["iinterfaces"]:
        port = macs.get(by_interface.get(row["uuid"], ""))
        uuid = port["interface_uuid"] if port else known[row["ifname"]]
        mac = port["mac"] if port else host["mgmt_mac"]
        rows.append({**row, "uuid": uuid, "imac": mac, "forihostid": host["id"], "ihost_uuid": host["uuid"]})
    return rows


def _partitions_like(lists: dict[str, Any], first: dict[str, Any], host: dict[str, Any]) -> list[dict[str, Any]]:
    volume = _of(lists, "ipvs", ihost_uuid=host["uuid"])[0]
    disk = _of(lists, "idisks", ihost_uuid=host["uuid"])[0]
    own = {
        "uuid": volume["disk_or_part_uuid"],
        "ihost_uuid": host["uuid"],
        "ipv_uuid": volume["uuid"],
        "idisk_uuid": disk["uuid"],
    }
    return [{**row, **own} for row in lists[f"/v1/ihosts/{first['uuid']}/partitions"]["partitions"]]


def _of(lists: dict[str, Any], collection: str, **equal: Any) -> list[dict[str, Any]]:
    rows = lists[f"/v1/{collection}"][collection]
    return [row for row in rows if all(row[key] == value for key, value in equal.items())]
