"""Hosts as they are shown (starlingx/config api/controllers/v1/host.py ``Host``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.tables import Row
from reconciler.simulator.views import detailed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("hosts")


def _derived(system: System, row: Row) -> Mapping[str, Any]:
    """A host that was added and never configured has no system yet."""
    return {"forisystemid": 1 if row["isystem_uuid"] else None}


HOSTS = family.collection(
    Collection(
        "ihosts",
        columns="id uuid hostname invprovision mgmt_mac mgmt_ip bm_ip bm_type bm_username personality subfunctions"
        " subfunction_oper subfunction_avail serialid administrative operational availability action ihost_action"
        " inv_state vim_progress_status task mtce_info reserved config_status config_applied config_target"
        " clock_synchronization uptime location capabilities isystem_uuid peers boot_device rootfs_device hw_settle"
        " install_output console tboot ttys_dcd apparmor install_state install_state_info max_cpu_mhz_configured"
        " min_cpu_mhz_allowed max_cpu_mhz_allowed cstates_available iscsi_initiator_name nvme_host_id nvme_host_nqn"
        " device_image_update reboot_needed sw_version created_at updated_at",
        more="forisystemid",
        sublinks="iinterfaces ports ethernet_ports inodes icpus imemorys istors idisks partitions ceph_mon ipvs ilvgs"
        " host_fs isensors isensorgroups pci_devices lldp_agents lldp_neighbours labels kube_update_ca",
        noun="Server",
        filters="personality",
        derive=_derived,
    )
)


@family.on("GET", "/ihosts/detail")
def list_in_detail(system: System, call: Call) -> Row:
    return detailed(system, HOSTS, system.hosts(), call)


@family.on("GET", "/ihosts/{host}")
def show(system: System, call: Call) -> Row:
    return shown(system, HOSTS, system.host(call["host"]), call)
