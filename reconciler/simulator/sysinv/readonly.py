"""What a reconciler only reads, and nothing here changes: Kubernetes, sensors, LLDP, health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Response
from reconciler.simulator.family import Collection, Family, Handler
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("readonly")

family.collection(Collection("kube_versions", columns="version target state", links=None))
family.collection(
    Collection(
        "kube_host_upgrades",
        columns="id uuid target_version status control_plane_version kubelet_version host_id",
        links="kube_host_upgrade",
    )
)
family.collection(Collection("kube_upgrade", key="kube_upgrades", columns="uuid from_version to_version state"))
family.collection(Collection("isensors", columns="uuid sensorname ihost_uuid", host_key="ihost_uuid"))
family.collection(Collection("lldp_agents", columns="uuid host_uuid", host_key="host_uuid"))
family.collection(Collection("lldp_neighbours", columns="uuid host_uuid", host_key="host_uuid"))


@family.on("GET", "/health")
def show_health(system: System, call: Call) -> Any:
    return _remembered(system, "health", _HEALTHY)


@family.on("GET", "/kube_cmd_versions")
def show_kube_cmd_versions(system: System, call: Call) -> Any:
    return _remembered(system, "kube_cmd_versions", {"kubeadm_version": "1.29.2", "kubelet_version": "1.29.2"})


@family.on("GET", "/restore")
def show_restore(system: System, call: Call) -> Response:
    return Response(200, "not-in-progress")


@family.on("GET", "/ihosts/{host}/isensorgroups")
def list_sensor_groups(system: System, call: Call) -> Row:
    system.host(call["host"])
    return {"isensorgroups": []}


def _crash(text: str) -> Handler:
    """These lists fail on the real server (sysinv-api.md 0, 3)."""

    def answer(_system: System, _call: Call) -> Any:
        raise Fault(500, text)

    return answer


_FAILING: dict[str, str] = {
    "/labels": "'Connection' object has no attribute 'label_get_list'",
    "/kube_clusters": "Invalid kube-config file. No configuration found.",
    "/upgrade": "This API is deprecated.",
    "/ihosts/{host}/state": "'Host' object has no attribute 'provision_state'",
}

for _path, _text in _FAILING.items():
    family.on("GET", _path)(_crash(_text))

_HEALTHY = "System Health:\n" + "".join(
    f"{line}: [OK]\n"
    for line in (
        "All hosts are provisioned",
        "All hosts are unlocked/enabled",
        "All hosts have current configurations",
        "All hosts are patch current",
        "No alarms",
        "All kubernetes nodes are ready",
        "All kubernetes control plane pods are ready",
    )
)


def _remembered(system: System, path: str, otherwise: Any) -> Response:
    """What the inventory said there; else the platform's usual answer."""
    row = system.tables.find("inventory", path)
    return Response(200, row["body"] if row else otherwise)
