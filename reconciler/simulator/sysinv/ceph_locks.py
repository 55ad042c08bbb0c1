"""What Ceph on bare metal refuses a lock for: the quorum of its monitors, OSDs in the making.

starlingx/config api/controllers/v1/host.py ``check_lock_controller``, ``check_lock_storage``, ``check_lock_worker``;
utils.py ``check_node_lock_ceph_mon``. The simulated pools are empty and healthy, so nothing is refused for their data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.sysinv.topology import hosts_of, is_up
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

UNSAFE = "force-unsafe-lock"


def check(system: System, host: Row, action: str) -> None:
    """Refuse what would stop Ceph. A forced lock passes some, an unsafe one all but a missing backend."""
    checks = {"controller": _check_controller, "storage": _check_storage, "worker": _check_worker}
    if check_host := checks.get(host["personality"]):
        check_host(system, host, action)


def _check_controller(system: System, host: Row, action: str) -> None:
    osds = system.tables.rows("istors", ihost_uuid=host["uuid"], state=ceph.CONFIGURING)
    if osds and action == "lock":
        raise refuse(
            f"{host['hostname']} : Rejected: Can not lock a controller with storage devices in '{ceph.CONFIGURING}'"
            " state."
        )
    model = ceph.model(system)
    if not ceph.is_configured(system) or model not in (ceph.MODEL_STORAGE, ceph.MODEL_CONTROLLER):
        return
    if model == ceph.MODEL_STORAGE and all(is_locked(each) for each in hosts_of(system, "storage")):
        _refuse_alone(host, action)
    else:
        _check_quorum(system, host, action)


def _refuse_alone(host: Row, action: str) -> None:
    if action != UNSAFE:
        raise refuse(
            f"Rejected: Can not lock host {host['hostname']} when storage nodes are locked Use --force_unsafe if you"
            " wish to lock anyway."
        )


def _check_storage(system: System, host: Row, action: str) -> None:
    if not ceph.is_configured(system):
        raise refuse("Ceph must be configured as a backend.")
    _check_quorum(system, host, action)


def _check_worker(system: System, host: Row, action: str) -> None:
    if action == "lock" and ceph.has_backend(system, ceph.CEPH) and ceph.monitor_of(system, host):
        _check_quorum(system, host, action)


def _check_quorum(system: System, host: Row, action: str) -> None:
    if is_up(host) and action != UNSAFE:
        ceph.refuse_without_quorum(system, host)
