"""The steps of a Kubernetes upgrade, and what they leave in sysinv's lists (nfv_vim/strategy/steps/kube_upgrade_steps.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconciler.simulator.tables import Row
from reconciler.simulator.vim import kube_stages

if TYPE_CHECKING:
    from reconciler.simulator.system import System

STEP_S = 30.0
"""How long a step takes that only waits for Kubernetes."""
TABLE = "kube_upgrade"
_PLAIN = (
    *kube_stages.BEFORE[1:],
    *kube_stages.AFTER,
    "kube-host-cordon",
    "kube-host-uncordon",
    "kube-host-upgrade-control-plane",
    "kube-host-upgrade-kubelet",
)


def _start(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    if why := kube_stages.refusal(system, row):
        return why
    active = system.tables.first("kube_versions", state="active") or {}
    target = kube_stages.version(row)
    system.insert(TABLE, from_version=active["version"], to_version=target, state="upgrade-started")
    for each in system.tables.rows("kube_versions"):
        system.update("kube_versions", each["uuid"], target=each["version"] == target)
    return ""


def _passed(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    return "" if system.now - step["begun"] >= STEP_S else None


def _plane(system: System, row: Row, step: Row) -> str:
    return _upgrade(system, row, step, "control_plane_version")


def _kubelet(system: System, row: Row, step: Row) -> str:
    return _upgrade(system, row, step, "kubelet_version")


def _upgrade(system: System, row: Row, step: Row, column: str) -> str:
    for name in step["hosts"]:
        found = system.tables.first("kube_host_upgrades", host_id=system.host(name)["id"])
        if found is not None:
            system.update("kube_host_upgrades", found["uuid"], **{column: kube_stages.version(row)})
    return ""


def _complete(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    """The new version is active; what was before it is not to be had any more (kube_get_version_states)."""
    for each in system.tables.rows("kube_versions"):
        is_new = each["version"] == kube_stages.version(row)
        state = "active" if is_new else ("unavailable" if each["state"] == "active" else each["state"])
        system.update("kube_versions", each["uuid"], state=state)
    return ""


def _clean_up(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    for each in system.tables.rows(TABLE):
        system.tables.delete(TABLE, each["uuid"])
    return ""


BEGIN: dict[str, Callable[[System, Row, Row], str]] = {
    "kube-upgrade-start": _start,
    "kube-host-upgrade-control-plane": _plane,
    "kube-host-upgrade-kubelet": _kubelet,
    "kube-upgrade-complete": _complete,
    "kube-upgrade-cleanup": _clean_up,
}
END: dict[str, Callable[[System, Row, Row], str | None]] = dict.fromkeys(_PLAIN, _passed)
