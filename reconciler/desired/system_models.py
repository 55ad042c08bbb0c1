"""System, networks and PTP as the CRDs describe them (deployment-manager api/v1/*_types.go)."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.desired.fields import Address, Mtu, Name, Positive, Prefix, PtpParameter, PtpSections, Short, Upstream
from reconciler.desired.host_models import SecretName

Place = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\. ]+$", max_length=255)]
Degrees = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\. ]+$", max_length=30)]


class LegacyPtp(Upstream):
    mode: Literal["hardware", "software", "legacy"] | None = None
    transport: Literal["l2", "udp"] | None = None
    mechanism: Literal["p2p", "e2e"] | None = None


class Certificate(Upstream):
    """The CRD takes ssl_ca alone today; these are what sysinv takes (common/constants.py CERT_MODES_SUPPORTED)."""

    type: Literal["ssl_ca", "ssl", "docker_registry", "openldap", "openldap_ca", "openstack", "openstack_ca"]
    secret: str


class ServiceParameter(Upstream):
    service: Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_]+$", max_length=16)]
    section: Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_]+$", max_length=128)]
    paramname: Short
    paramvalue: Annotated[str, Field(max_length=4096)]
    personality: Short | None = None
    resource: Short | None = None


class StorageBackend(Upstream):
    name: Name
    # the last two are sysinv's, not the CRD's (constants.py SB_TYPE_*)
    type: Literal["file", "lvm", "ceph", "ceph-rook", "ceph-external", "external"]
    services: list[str] | None = None
    replication_factor: Positive | None = None
    partition_size: Annotated[int, Field(ge=20)] | None = None
    network: Literal["mgmt", "cluster-host"] | None = None
    deployment: Literal["controller", "dedicated", "open"] | None = None


class Drbd(Upstream):
    link_utilization: Annotated[int, Field(ge=20, le=100)]


class ControllerFilesystem(Upstream):
    name: str
    size: Positive


class SystemStorage(Upstream):
    backends: list[StorageBackend] | None = None
    drbd: Drbd | None = None
    filesystems: list[ControllerFilesystem] | None = None

    @model_validator(mode="after")
    def _types_are_once(self) -> Self:
        types = [backend.type for backend in self.backends or ()]
        if len(set(types)) < len(types):
            raise ValueError("has two backends of one type: keep one of them")
        if {"ceph", "ceph-rook"} <= set(types):
            raise ValueError("has a ceph and a ceph-rook backend: keep one of them")
        return self


class SystemSpec(Upstream):
    description: str | None = None
    location: Place | None = None
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    contact: Annotated[str, Field(pattern=r"^[a-zA-Z0-9@\-_\. ]+$", max_length=255)] | None = None
    dns_servers: list[Address] | None = None
    ntp_servers: list[str] | None = None
    ptp: LegacyPtp | None = None
    certificates: list[Certificate] | None = None
    license: SecretName | None = None
    service_parameters: list[ServiceParameter] | None = None
    storage: SystemStorage | None = None
    vswitch_type: str | None = None


class AllocationRange(Upstream):
    start: Address
    end: Address


class Allocation(Upstream):
    ranges: list[AllocationRange] | None = None
    order: Literal["sequential", "random"] | None = None


class AddressPoolSpec(Upstream):
    subnet: Address
    prefix: Prefix
    allocation: Allocation
    floating_address: Address | None = None
    controller0_address: Address | None = None
    controller1_address: Address | None = None
    gateway: Address | None = None

    @model_validator(mode="after")
    def _family_is_one(self) -> Self:
        given = (self.subnet, self.floating_address, self.controller0_address, self.controller1_address, self.gateway)
        if len({ip_address(text).version for text in given if text}) > 1:
            raise ValueError("mixes IPv4 and IPv6: subnet and addresses must be of one family")
        if ip_address(self.subnet).version == 4 and self.prefix > 32:
            raise ValueError(f"has an IPv4 subnet with prefix {self.prefix}: 32 is the most")
        return self


class PlatformNetworkSpec(Upstream):
    """A network of type `other` is only a pool for the addresses of interfaces."""

    type: Literal[
        "mgmt", "pxeboot", "oam", "multicast", "system-controller", "system-controller-oam", "cluster-host",
        "cluster-pod", "cluster-service", "storage", "admin", "other",
    ]  # fmt: skip
    dynamic: bool
    associated_address_pools: list[str]


class Vxlan(Upstream):
    endpoint_mode: Literal["static", "dynamic"] | None = None
    multicast_group: Address | None = None
    udp_port_number: Literal[4789, 8472] | None = None
    ttl: Annotated[int, Field(ge=1, le=255)] | None = None


class DataNetworkSpec(Upstream):
    type: Literal["flat", "vlan", "vxlan"]
    mtu: Mtu | None = None
    description: str | None = None
    vxlan: Vxlan | None = None

    @model_validator(mode="after")
    def _vxlan_has_its_type(self) -> Self:
        if self.vxlan is not None and self.type != "vxlan":
            raise ValueError(f"is of type {self.type} and has vxlan attributes: take them out")
        return self


class PtpInstanceSpec(Upstream):
    # synce4l is sysinv's, not the CRD's (constants.py PTP_INSTANCE_TYPE_SYNCE4L)
    service: Literal["ptp4l", "phc2sys", "ts2phc", "clock", "gnss-monitor", "dpll-mgr", "synce4l"]
    parameters: PtpSections | None = None


class PtpInterfaceSpec(Upstream):
    ptpinstance: Name
    parameters: list[PtpParameter] | None = None
