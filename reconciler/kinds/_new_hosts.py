"""How a host comes to be: whether it can be added, which machine it is, what its first unlock waits for, who replaces it.

Sysinv host.py _new_host_semantic_checks, _do_post, _controller_storage_node_setup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _matching as matching
from reconciler.kinds import _storage as storage
from reconciler.model.host import HostState
from reconciler.model.kind import Context
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rule import Rule
from reconciler.model.snapshot import Snapshot

FIRST = "controller-0"  # installed before there is a system, so nobody can add it
CONTROLLERS = (FIRST, "controller-1")
STORAGE_NAME = re.compile(r"storage-[0-9]+$")
AWAITED = "not booted yet"  # boot address of a machine of which only its serial number or its like is said
MACHINE = Rule(
    "machine",
    "Either case, colons or dashes, is one address; and a host whose machine reports another serial number, asset tag or board "
    "management address than `match` says is another machine, told by its boot address.",
    matching.plain_mac,
)


class Wanted(Protocol):
    """What of a host's spec this is about."""

    @property
    def name(self) -> str: ...
    @property
    def personality(self) -> str | None: ...
    @property
    def provisioning(self) -> str | None: ...
    @property
    def boot_mac(self) -> str | None: ...
    @property
    def match_mac(self) -> str | None: ...
    @property
    def bm_address(self) -> str | None: ...
    @property
    def mac(self) -> str: ...
    @property
    def criteria(self) -> Mapping[str, str]: ...


def boot_mac(want: Wanted, observed: Snapshot) -> str:
    """By which boot address a host that is there is compared; "" where Git does not say which machine it is.

    A host has its name already: it is still that machine, unless what Git says of the machine denies it.
    """
    mine = _machine(want.name, observed)
    if mine is None or not matching.denied(mine, _telling(want)):
        return want.mac
    if other := matching.found(_telling(want), Context(observed, observed)):
        return str(other.spec.mac)
    return want.mac if want.mac not in {"", mine.spec.mac} else AWAITED


def why_not_added(want: Wanted, context: Context) -> str:
    """Why the host cannot be added now, and what it would take; "" if it can."""
    if context.system.is_simplex:
        return "a simplex system has no other host than controller-0"
    return (
        _why_unknown(want, context)
        or _why_not_described(want, context)
        or _why_not_named(want)
        or ("" if hosts.has_controller_in_service(context) else "hosts are added once a controller is in service")
        or (_why_no_storage_host(context) if want.personality == "storage" else "")
    )


def why_not_replaced(want: Wanted, host: HostState, context: Context) -> str:
    """Another machine under the same name: the old one leaves the inventory, and the new one is installed."""
    what = f"{_what_differs(want, host, context)}: another machine takes deleting the host, adding it and installing it anew"
    if context.system.is_simplex or host.name == FIRST:
        return f"{what}, which {FIRST} does with the whole site: reinstall the site"
    if host.administrative != "locked" or host.task:
        return f"{what}; lock it first, by force if it is dead: a host is deleted only while it is locked"
    if not want.personality:
        return f"{what}, and for that Git must say personality"
    return _why_unknown(want, context) or _why_not_booted(want, context)


def _machine(host: str, observed: Snapshot) -> Resource[Any] | None:
    """What a host runs on, by the address that it booted from."""
    have = observed.resources.get(ResourceKey("host", host))
    mac = have.spec.boot_mac if have else None
    return observed.resources.get(ResourceKey("machine", str(mac).lower()))


def _telling(want: Wanted) -> Mapping[str, str]:
    """What tells the machine of a host that is there: an address that Git gives the controller is one it is to have."""
    return {a: said for a, said in want.criteria.items() if a != "bm_address" or not want.bm_address}


def _what_differs(want: Wanted, host: HostState, context: Context) -> str:
    mine = _machine(host.name, context.observed)
    denied = matching.denied(mine, _telling(want)) if mine else ""
    return denied or f"its boot MAC is {host.mgmt_mac}, Git says {want.mac}"


def _why_not_booted(want: Wanted, context: Context) -> str:
    """The old machine is not given up before the new one is there, where Git does not have us announce it."""
    if (want.mac and want.boot_mac != AWAITED and want.provisioning != "dynamic") or matching.found(
        want.criteria, context
    ):
        return ""
    return (
        f"the machine that is to take its place has not booted from the network yet: {matching.in_words(want.criteria)}"
    )


def _why_unknown(want: Wanted, context: Context) -> str:
    """Why it cannot be told which machine the host is; "" if it can, or nobody has to."""
    if want.boot_mac and want.match_mac and want.boot_mac.lower() != want.match_mac.lower():
        return f"bootMAC is {want.boot_mac} and match.bootMAC is {want.match_mac}: correct one of them"
    holder = next((h for h in context.system.hosts.values() if want.mac and h.mgmt_mac.lower() == want.mac), None)
    if holder and holder.name not in {holder.uuid, want.name}:  # without a name it is called by its uuid
        return f"its boot MAC {want.mac} is that of {holder.name} on the site: correct one of them"
    new = {k.name: r.spec for k, r in context.desired.resources.items() if k.kind == "host"}
    others = {name: spec.criteria for name, spec in new.items() if name not in context.system.hosts}
    if reason := matching.ambiguous(want.name, want.criteria, others, context):
        return reason
    return "" if matching.found(want.criteria, context) else matching.disagreeing(want.criteria, context)


def _why_not_described(want: Wanted, context: Context) -> str:
    is_there = matching.found(want.criteria, context) is not None
    if want.provisioning != "static" and want.criteria and not is_there:
        return "it has not booted from the network yet; provisioningMode static adds it before it does"
    said = (("bootMAC", want.mac or is_there), ("personality", want.personality))
    missing = [word for word, value in said if not value]
    return f"it is not on the system, and to add it Git must say {' and '.join(missing)}" if missing else ""


def _why_not_named(want: Wanted) -> str:
    """Sysinv host.py _validate_hostname: the platform tells by its name what a host is."""
    is_controller, is_storage = want.name in CONTROLLERS, bool(STORAGE_NAME.match(want.name))
    if str(want.personality).partition("-")[0] == "controller":
        return (
            "" if is_controller else f"the platform calls its controllers {' and '.join(CONTROLLERS)}: rename the host"
        )
    if want.personality == "storage":
        return "" if is_storage else "the platform calls its storage hosts storage-0, storage-1, …: rename the host"
    is_taken = is_controller or want.name.startswith("storage")
    return f"the platform does not take {want.name} for the name of a worker: rename the host" if is_taken else ""


def _why_no_storage_host(context: Context) -> str:
    backends = (r for k, r in context.observed.resources.items() if k.kind == "storage-backend")
    is_ready = any(b.spec.type == storage.CEPH and b.spec.state == "configured" for b in backends)
    return "" if is_ready else "storage hosts are added once the Ceph backend is configured"


def why_not_unlocked(host: HostState, context: Context) -> str:
    """What the platform wants before a host's first unlock, beyond what Git says of the host itself."""
    if reason := hosts.not_inventoried(host.name, context):
        return reason
    if host.personality == "worker" and storage.is_bare_metal(context) and not _is_model_known(context):
        return "a worker is unlocked once the third Ceph monitor is defined: a monitor on a worker, or storage-0"
    return ""


def _is_model_known(context: Context) -> bool:
    """Who is to hold the OSDs (sysinv ceph.py get_ceph_storage_model): all-in-one, storage hosts, or controllers."""
    seen = context.system.hosts
    monitors = {k.host for s in (context.observed, context.desired) for k in s.resources if k.kind == "ceph-monitor"}
    on_worker = any(
        h.personality == "worker" and h.inv_state == hosts.INVENTORIED for n in monitors if (h := seen.get(n))
    )
    return context.system.is_all_in_one or on_worker or any(h.personality == "storage" for h in seen.values())
