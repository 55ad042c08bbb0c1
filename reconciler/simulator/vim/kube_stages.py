"""The stages of a Kubernetes upgrade (nfv_vim/strategy/stages/_kube_upgrade_stages.py, sysinv kube_upgrade.py).

On a system with one controller nothing is locked; elsewhere each host is, for its kubelet. One minor version at a time, but
on one controller, where sysinv goes through those between (kube_get_higher_patch_version).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.simulator.sysinv.facts import is_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Step = tuple[str, tuple[str, ...]]
Stage = tuple[str, tuple[Step, ...]]
BEFORE = (
    "kube-upgrade-start",
    "kube-upgrade-download-images",
    "kube-pre-application-update",
    "kube-upgrade-networking",
    "kube-upgrade-storage",
)
AFTER = ("kube-upgrade-complete", "kube-post-application-update", "kube-upgrade-cleanup")


def version(row: Row) -> str:
    """`v1.30.6`, whether it was asked for with its letter or without."""
    said = str(row["asked"].get("to-version", "")).lower()
    return said if said.startswith("v") else f"v{said}"


def applying(system: System, row: Row) -> list[Stage] | str:
    """_build_kube_upgrade_stages."""
    there = system.tables.first("kube_versions", version=version(row))
    if there is None:
        return f"Invalid to_version value: '{version(row)}'"
    if there["state"] == "active":
        return f"Kubernetes is already upgraded to: {version(row)}"
    return list(_stages(system))


def refusal(system: System, row: Row) -> str:
    """What sysinv says to the start (kube_upgrade.py post)."""
    there = system.tables.first("kube_versions", version=version(row)) or {}
    active = system.tables.first("kube_versions", state="active") or {}
    if there.get("state") != "available":
        return f"The target Kubernetes version {version(row)} is not in available state"
    skips = minor(version(row)) - minor(str(active.get("version", "")))
    if skips < 0 or (skips > 1 and not is_simplex(system)):
        return f"The installed Kubernetes version {active.get('version')} cannot upgrade to version {version(row)}"
    return ""


def minor(text: str) -> int:
    found = re.match(r"v\d+\.(\d+)", text)
    return int(found.group(1)) if found else 0


def _stages(system: System) -> Iterator[Stage]:
    for name in BEFORE:
        yield name, ((name, ()),)
    first, second = _controllers(system)
    if not second:
        yield "kube-host-cordon", (("kube-host-cordon", first),)
    yield "kube-upgrade-first-control-plane", (("kube-host-upgrade-control-plane", first),)
    if second:
        yield "kube-upgrade-second-control-plane", (("kube-host-upgrade-control-plane", second),)
    yield from _kubelets(system, is_alone=not second)
    if not second:
        yield "kube-host-uncordon", (("kube-host-uncordon", first),)
    for name in AFTER:
        yield name, ((name, ()),)


def _controllers(system: System) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [host["hostname"] for host in system.hosts() if host["personality"] == "controller"]
    return (("controller-1",), ("controller-0",)) if len(names) > 1 else ((names[0],), ())


def _kubelets(system: System, *, is_alone: bool) -> Iterator[Stage]:
    rank = {"controller": 0, "worker": 1}
    hosts = [host for host in system.hosts() if host["personality"] in rank]
    for host in sorted(hosts, key=lambda h: (rank[h["personality"]], h["hostname"] != "controller-1", h["hostname"])):
        one = (host["hostname"],)
        upgrade: Step = ("kube-host-upgrade-kubelet", one)
        swact: tuple[Step, ...] = (("swact-hosts", one),) if host["personality"] == "controller" else ()
        locked: tuple[Step, ...] = (
            *swact,
            ("lock-hosts", one),
            upgrade,
            ("system-stabilize", ()),
            ("unlock-hosts", one),
        )
        what = "controllers" if host["personality"] == "controller" else "workers"
        yield f"kube-upgrade-kubelets-{what}", (upgrade,) if is_alone else locked
