"""HostProfile and Host as the CRDs describe them (deployment-manager api/v1/hostprofile_types.go, host_types.go)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.desired.fields import (
    Address,
    Count,
    Device,
    InterfaceName,
    Mac,
    Mtu,
    Name,
    NumaNode,
    Positive,
    Prefix,
    Short,
    Upstream,
)  # fmt: skip

BmType = Literal["none", "bmc", "dynamic", "ipmi", "redfish"]
Console = Annotated[
    str,
    Field(pattern=r"^(|tty[0-9]+|ttyS[0-9]+(,\d+([a-zA-Z0-9]+)?)?|ttyUSB[0-9]+(,\d+([a-zA-Z0-9]+))?|lp[0-9]+)$"),
]


class SecretName(Upstream):
    secret: str


class BmCredentials(Upstream):
    password: SecretName | None = None


class BoardManagement(Upstream):
    type: BmType | None = None
    address: str | None = None
    credentials: BmCredentials | None = None


class ProcessorFunction(Upstream):
    function: Literal["platform", "shared", "vswitch", "application-isolated", "application"]
    count: Annotated[int, Field(ge=0, le=1024)]


class Processor(Upstream):
    node: NumaNode
    functions: list[ProcessorFunction]


class MemoryFunction(Upstream):
    function: Literal["platform", "vm", "vswitch"]
    page_size: Literal["4KB", "2MB", "1GB"]
    page_count: Count

    @model_validator(mode="after")
    def _platform_has_small_pages(self) -> Self:
        if (self.function == "platform") != (self.page_size == "4KB"):
            raise ValueError("must have pages of 4KB for platform memory, and larger ones for other memory")
        return self


class Memory(Upstream):
    node: NumaNode
    functions: list[MemoryFunction]


class StaticAddress(Upstream):
    interface: InterfaceName
    address: Address
    prefix: Prefix


class Route(Upstream):
    interface: InterfaceName
    subnet: Address
    prefix: Annotated[int, Field(ge=0, le=128)]
    gateway: Address
    metric: Annotated[int, Field(ge=1, le=255)] | None = None


class Monitor(Upstream):
    size: Annotated[int, Field(ge=20, le=40)] | None = None


class HostFilesystem(Upstream):
    name: Literal[
        "backup", "docker", "scratch", "kubelet", "log", "root", "var", "image-conversion", "instances", "ceph"
    ]
    size: Positive


class Journal(Upstream):
    location: Short
    size: Positive


class Osd(Upstream):
    path: Device
    function: Literal["osd", "journal"]
    cluster: Short | None = None
    journal: Journal | None = None


class PhysicalVolume(Upstream):
    type: Literal["disk", "partition"]
    path: Short
    size: Positive | None = None

    @model_validator(mode="after")
    def _partition_has_size(self) -> Self:
        if self.type == "partition" and self.size is None:
            raise ValueError("is a partition and needs a size, in GiB")
        return self


class VolumeGroup(Upstream):
    name: Name
    physical_volumes: list[PhysicalVolume]
    lvm_type: Literal["thin", "thick"] | None = None
    lvm_function: Literal["lvm-csi", "none"] | None = None
    lvm_pool_size: Positive | None = None


class HostStorage(Upstream):
    monitor: Monitor | None = None
    filesystems: list[HostFilesystem] | None = None
    osds: list[Osd] | None = None
    volume_groups: list[VolumeGroup] | None = None


class Interface(Upstream):
    """What every type of interface has. `null` in the three lists keeps what is live, `[]` means none."""

    name: InterfaceName
    iface_class: Annotated[Literal["platform", "data", "pci-sriov", "pci-passthrough", "none"], Field(alias="class")]
    mtu: Mtu | None = None
    platform_networks: list[Name] | None = None
    data_networks: list[Name] | None = None
    ptp_interfaces: list[Name] | None = None
    ptp_role: Literal["master", "slave", "none"] | None = None
    max_tx_rate: Count | None = None
    max_rx_rate: Count | None = None
    uuid: str | None = None  # the system's id, which the CRD's schema lets through; never used


class Port(Upstream):
    name: Name


class Ethernet(Interface):
    port: Port
    lower: InterfaceName | None = None
    vf_count: Annotated[int, Field(ge=1, le=128)] | None = None
    vf_driver: str | None = None
    ovs_access: bool | None = None


class Vlan(Interface):
    lower: InterfaceName
    vid: Annotated[int, Field(ge=1, le=4095)]


class Bond(Interface):
    members: list[str]
    mode: Literal["balanced", "active_standby", "802.3ad"]
    # layer3+4 is sysinv's, not the CRD's (cgts-client iinterface_shell.py)
    transmit_hash_policy: Literal["layer2", "layer2+3", "layer3+4"] | None = None
    primary_reselect: Literal["always", "better", "failure"] | None = None


class Vf(Interface):
    lower: InterfaceName
    vf_count: Annotated[int, Field(ge=1, le=256)]
    vf_driver: str | None = None


class Interfaces(Upstream):
    ethernet: list[Ethernet] | None = None
    vlan: list[Vlan] | None = None
    bond: list[Bond] | None = None
    vf: list[Vf] | None = None


class HostProfileSpec(Upstream):
    """Attributes of hosts; also what Host.overrides holds. An absent key is "don't care"."""

    base: str | None = None
    personality: Literal["controller", "worker", "storage", "controller-worker"] | None = None
    subfunctions: list[Literal["controller", "worker", "storage", "lowlatency"]] | None = None
    administrative_state: Literal["locked", "unlocked"] | None = None
    provisioning_mode: Literal["static", "dynamic"] | None = None
    boot_mac: Annotated[Mac | None, Field(alias="bootMAC")] = None
    location: str | None = None
    labels: dict[str, str] | None = None
    install_output: Literal["text", "graphical"] | None = None
    console: Console | None = None
    boot_device: Device | None = None
    root_device: Device | None = None
    power_on: bool | None = None
    clock_synchronization: Literal["ntp", "ptp"] | None = None
    max_cpu_mhz_configured: Annotated[
        Annotated[str, Field(pattern=r"^[1-9][0-9]*$")] | None, Field(alias="maxCPUMhzConfigured")
    ] = None
    app_armor: Literal["enabled", "disabled"] | None = None  # sysinv constants.py APPARMOR_STATE_*
    hw_settle: Annotated[str, Field(pattern=r"^[0-9]+$")] | None = None
    kernel: Literal["standard", "lowlatency"] | None = None
    ptp_instances: list[Name] | None = None
    board_management: BoardManagement | None = None
    processors: list[Processor] | None = None
    memory: list[Memory] | None = None
    storage: HostStorage | None = None
    interfaces: Interfaces | None = None
    addresses: list[StaticAddress] | None = None
    routes: list[Route] | None = None


class MatchBoardManagement(Upstream):
    address: str | None = None
    type: BmType | None = None


class MatchDmi(Upstream):
    serial_number: Short | None = None
    asset_tag: Short | None = None


class Match(Upstream):
    """How a host that appears in the inventory is recognised: everything given must agree."""

    boot_mac: Annotated[Mac | None, Field(alias="bootMAC")] = None
    board_management: MatchBoardManagement | None = None
    dmi: MatchDmi | None = None


class HostSpec(Upstream):
    profile: str
    match: Match | None = None
    overrides: HostProfileSpec | None = None
