"""install-values.yaml and bootstrap-values.yaml: the keys whose types are known; playbooks take hundreds of others.

Types from distcloud dcmanager/common/phased_subcloud_deploy.py (InstallValuesValidator), dccommon/consts.py and
ansible-playbooks host_vars/bootstrap/default.yml.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from reconciler.desired.fields import RELEASE_FORM, Address, Count, Open, Positive

Release = Annotated[str, Field(pattern=RELEASE_FORM, description='As text, "24.10".')]


class ValueFile(Open):
    """A file of variables: more keys than these are welcome."""

    model_config = ConfigDict(extra="ignore")


class InstallValues(ValueFile):
    """What `dcmanager subcloud add --install-values` takes."""

    software_version: Release | None = None
    release: Release | None = None
    bootstrap_interface: str | None = None
    bootstrap_address: Address | None = None
    bootstrap_address_prefix: Annotated[int, Field(ge=1, le=128)] | None = None
    bootstrap_vlan: Annotated[int, Field(ge=1, le=4094)] | None = None
    install_type: Annotated[int, Field(ge=0, le=5)] | None = None
    bmc_address: Address | None = None
    bmc_username: str | None = None
    nexthop_gateway: Address | None = None
    network_address: Address | None = None
    network_mask: str | int | None = None
    rootfs_device: str | None = None
    boot_device: str | None = None
    console_type: str | None = None
    no_check_certificate: bool | None = None
    persistent_size: Annotated[int, Field(ge=30_000)] | None = None
    hw_settle: Count | None = None
    extra_boot_params: str | None = None
    wipe_osds: bool | None = None
    rvmc_debug_level: Annotated[int, Field(ge=0, le=4)] | None = None
    wait_for_timeout: Positive | None = None


class BootstrapValues(ValueFile):
    """What `dcmanager subcloud add --bootstrap-values` takes. Most keys are read once, at bootstrap."""

    name: str | None = None
    description: str | None = None
    location: str | None = None
    software_version: Release | None = None
    release: Release | None = None
    kubernetes_version: str | None = None
    system_mode: Literal["simplex", "duplex", "duplex-direct"] | None = None
    timezone: str | None = None
    dns_servers: list[Address] | None = None
    management_subnet: str | None = None
    management_start_address: str | None = None
    management_end_address: str | None = None
    management_gateway_address: str | None = None
    admin_subnet: str | None = None
    admin_start_address: str | None = None
    admin_end_address: str | None = None
    admin_gateway_address: str | None = None
    systemcontroller_gateway_address: str | None = None
    external_oam_subnet: str | None = None
    external_oam_gateway_address: str | None = None
    external_oam_floating_address: str | None = None
    external_oam_node_0_address: str | None = None
    external_oam_node_1_address: str | None = None
    pxeboot_subnet: str | None = None
    cluster_host_subnet: str | None = None
    cluster_pod_subnet: str | None = None
    cluster_service_subnet: str | None = None
    admin_username: str | None = None
