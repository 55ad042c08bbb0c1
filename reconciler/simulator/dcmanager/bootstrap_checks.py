"""What bootstrap values must say (dcmanager/common/phased_subcloud_deploy.py validate_bootstrap_values and below).

The order is the server's: of several mistakes it tells the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.simulator.dcmanager import about, networks, subclouds
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

SIMPLEX = "simplex"
RESERVED = ("RegionOne", "SystemController")
OAM = ("external_oam_subnet", "external_oam_gateway_address", "external_oam_floating_address")
ADDRESSES = (
    *("bootstrap-address", "management_start_address", "management_end_address", "management_gateway_address"),
    *("systemcontroller_gateway_address", "external_oam_gateway_address", "external_oam_floating_address"),
    *("admin_floating_address", "admin_start_address", "admin_end_address", "admin_gateway_address"),
)


def complete(payload: Row) -> None:
    """Refuse what is missing; fill in the range that a simplex subcloud may say as one floating address."""
    _require(payload, "name", "system_mode")
    for kind in ("admin", "management"):
        _floating(payload, kind)
    if any(payload.get(f"admin_{part}") for part in ("subnet", "start_address", "end_address", "gateway_address")):
        _require(payload, *(f"admin_{part}" for part in ("subnet", "start_address", "end_address", "gateway_address")))
    _management(payload)
    _require(payload, "systemcontroller_gateway_address", *OAM)


def check(system: System, payload: Row, itself: Row | None = None) -> None:
    """Refuse names and networks that cannot be beside those of the other subclouds (validate_subcloud_config)."""
    if str(payload["name"]).isdigit():
        raise refuse("name must contain alphabetic characters")
    if payload["name"] in RESERVED:
        raise refuse(f"name cannot be {' or '.join(RESERVED)}")
    own = itself["uuid"] if itself else ""
    others = [row for row in system.tables.rows(subclouds.TABLE) if row["uuid"] != own]
    _check_range(payload, "management", others)
    if payload.get("admin_subnet"):
        _check_range(payload, "admin", others)
    _check_gateway(payload)
    _check_systemcontroller(about.of(system), payload)
    _check_oam(payload, others)


def primary(payload: Row) -> Row:
    """The four columns of a row: the admin network's where there is one, of two families the first."""
    kind = "admin" if payload.get("admin_subnet") else "management"
    said = {part: str(payload[f"{kind}_{part}"]).split(",")[0] for part in ("subnet", "start_address", "end_address")}
    gateway = payload.get("admin_gateway_address") or payload.get("management_gateway_address")
    return {
        "management-subnet": said["subnet"],
        "management-start-ip": said["start_address"],
        "management-end-ip": said["end_address"],
        "management-gateway-ip": str(gateway).split(",")[0],
    }


def formatted(payload: Row) -> None:
    """Write addresses as the database shall have them."""
    for key in ADDRESSES:
        if key in payload:
            payload[key] = networks.normal(str(payload[key]))


def _require(payload: Row, *keys: str) -> None:
    for key in keys:
        if not payload.get(key):
            raise refuse(f"{key} required")


def _floating(payload: Row, kind: str) -> None:
    floating, start, end = (payload.get(f"{kind}_{part}_address") for part in ("floating", "start", "end"))
    if floating and not (start or end) and payload["system_mode"] == SIMPLEX:
        payload[f"{kind}_start_address"] = payload[f"{kind}_end_address"] = start = floating
    if floating and floating != start:
        raise refuse(f"{kind}_floating_address does not match {kind}_start_address")


def _management(payload: Row) -> None:
    parts = ("management_subnet", "management_start_address", "management_end_address")
    gateway, admin = payload.get("management_gateway_address"), payload.get("admin_gateway_address")
    if not (gateway or any(payload.get(part) for part in parts)):
        return
    _require(payload, *parts)
    if admin and gateway:
        raise refuse("admin_gateway_address and management_gateway_address cannot be specified at the same time")
    if not admin:
        _require(payload, "management_gateway_address")


def _check_range(payload: Row, kind: str, others: Iterable[Row]) -> None:
    is_simplex = payload.get("system_mode") == SIMPLEX
    found = networks.subnets(payload, f"{kind}_subnet", least=4 if is_simplex else 8)
    starts = networks.addresses(payload, f"{kind}_start_address", found)
    ends = networks.addresses(payload, f"{kind}_end_address", found)
    for start, end in zip(starts, ends, strict=True):
        networks.check_range(kind, start, end, 1 if is_simplex else 3)
        if name := networks.overlapping(start, end, others):
            raise refuse(f"{kind.capitalize()} address range overlaps with that of subcloud {name}")
    if kind == "admin" or not payload.get("admin_gateway_address"):
        networks.addresses(payload, f"{kind}_gateway_address", found)


def _check_gateway(payload: Row) -> None:
    kind = "admin" if payload.get("admin_gateway_address") else "management"
    said = [str(payload[f"{kind}_{part}_address"]).split(",") for part in ("gateway", "start", "end")]
    for gateway, start, end in zip(*said, strict=False):
        where = [networks.plain({kind: text}, kind) for text in (gateway, start, end)]
        if networks.is_between(*where):
            raise refuse(f"{kind}_gateway_address invalid, is within management pool: {start} - {end}")


def _check_systemcontroller(centre: Row, payload: Row) -> None:
    """It leads to the centre's management network, and is none of the addresses that are given out there."""
    key = "systemcontroller_gateway_address"
    gateway = networks.plain({key: str(payload[key]).split(",")[0]}, key)
    kind = "admin" if payload.get("admin_subnet") else "management"
    [subnet, *_] = networks.subnets(payload, f"{kind}_subnet", least=1)
    if gateway.version != subnet.version:
        raise refuse(f"{key} invalid: Expected IPv{subnet.version}")
    own = networks.subnets(centre, "management-subnet", least=1)
    networks.addresses({key: str(gateway)}, key, own)
    start, end = (networks.plain(centre, f"management-{part}") for part in ("start", "end"))
    if networks.is_between(gateway, start, end):
        raise refuse(f"{key} invalid, is within management pool: {start} - {end}")


def _check_oam(payload: Row, others: Iterable[Row]) -> None:
    taken = [networks.subnets(row, "management-subnet", least=1)[0] for row in others]
    found = networks.subnets(payload, "external_oam_subnet", least=3, others=taken)
    networks.addresses(payload, "external_oam_gateway_address", found, "oam_gateway_address")
    networks.addresses(payload, "external_oam_floating_address", found, "oam_floating_address")
