"""What the variables of install-values.yaml and bootstrap-values.yaml mean."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from reconciler.desired import value_files as models

_SUBNET = "Subnet of the {} network, as 10.10.10.0/24."
_START = "First address of the {} network that is given out."
_END = "Last address of the {} network that is given out."
_GATEWAY = "Gateway of the {} network."
WORDS: Mapping[type[BaseModel], Mapping[str, str]] = {
    models.InstallValues: {
        "software_version": "Release that is installed.",
        "release": "Release that is installed, where several are loaded.",
        "bootstrap_interface": "Port by which the installed machine is first reached.",
        "bootstrap_address": "Address by which it is first reached.",
        "bootstrap_address_prefix": "Prefix length of that address, in bits.",
        "bootstrap_vlan": "VLAN of that address, if any.",
        "install_type": "Which machine and console is installed: 0 to 5, as the installer numbers them.",
        "bmc_address": "Address of the board management controller.",
        "bmc_username": "Whom the installer is to it. The password is given to dcmanager, never to Git.",
        "nexthop_gateway": "Gateway to the system controller.",
        "network_address": "Subnet of the system controller.",
        "network_mask": "Mask or prefix length of that subnet.",
        "rootfs_device": "Disk that is installed on.",
        "boot_device": "Disk that is booted from.",
        "console_type": 'The console, as "ttyS0,115200".',
        "no_check_certificate": "Whether the image is fetched without checking the server's certificate.",
        "persistent_size": "Size of the partition that outlives installations, in MB.",
        "hw_settle": "Seconds that the installer waits for the hardware.",
        "extra_boot_params": "More parameters for the installer's kernel.",
        "wipe_osds": "Whether disks of Ceph are wiped: all data on them is lost.",
        "rvmc_debug_level": "How much is logged about the board management controller.",
        "wait_for_timeout": "Seconds to wait for the installed machine.",
    },
    models.BootstrapValues: {
        "name": "The subcloud's name.",
        "description": "The subcloud in a few words.",
        "location": "Where it stands.",
        "software_version": "Release that it runs.",
        "release": "Release that it runs.",
        "kubernetes_version": "Version of Kubernetes to begin with.",
        "system_mode": "One controller (simplex) or two; duplex-direct joins them by a cable.",
        "timezone": "Time zone of the system.",
        "dns_servers": "Name servers to begin with; later, System.spec.dnsServers says them.",
        "management_subnet": _SUBNET.format("management"),
        "management_start_address": _START.format("management"),
        "management_end_address": _END.format("management"),
        "management_gateway_address": _GATEWAY.format("management"),
        "admin_subnet": _SUBNET.format("admin"),
        "admin_start_address": _START.format("admin"),
        "admin_end_address": _END.format("admin"),
        "admin_gateway_address": _GATEWAY.format("admin"),
        "systemcontroller_gateway_address": "Gateway to the system controller.",
        "external_oam_subnet": _SUBNET.format("OAM"),
        "external_oam_gateway_address": _GATEWAY.format("OAM"),
        "external_oam_floating_address": "OAM address that goes with the active controller.",
        "external_oam_node_0_address": "OAM address of controller-0.",
        "external_oam_node_1_address": "OAM address of controller-1.",
        "pxeboot_subnet": _SUBNET.format("pxeboot"),
        "cluster_host_subnet": _SUBNET.format("cluster-host"),
        "cluster_pod_subnet": _SUBNET.format("cluster-pod"),
        "cluster_service_subnet": _SUBNET.format("cluster-service"),
        "admin_username": "The administrator's name. The password is given to dcmanager, never to Git.",
    },
}
