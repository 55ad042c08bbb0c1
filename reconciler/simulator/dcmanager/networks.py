"""Which subnets and addresses a subcloud may have (dcmanager/common/utils.py, phased_subcloud_deploy.py)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.tables import Row

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


def subnets(payload: Row, key: str, *, least: int, others: Iterable[Network] = ()) -> list[Network]:
    """One subnet, or two of different families (validate_network_str)."""
    said = str(payload.get(key) or "").split(",")
    if len(said) > 2:
        raise _invalid(key, "Invalid subnet - more than two IP subnets")
    found = [_network(key, text) for text in said]
    if len(found) == 2 and found[0].version == found[1].version:
        raise _invalid(key, "Invalid subnet - dual-stack of same IP family")
    for network in found:
        _check_size(key, network, least)
        if any(other.version == network.version and network.network_address in other for other in others):
            raise _invalid(key, "Subnet overlaps with another configured subnet")
    return found


def addresses(payload: Row, key: str, networks: list[Network], shown: str = "") -> list[Address]:
    """As many addresses as subnets, each inside its own (validate_address_str)."""
    said, name = payload.get(key), shown or key
    if not said:
        raise _invalid(name, "Invalid address - IP address not specified")
    found = [_address(name, text) for text in str(said).split(",")]
    if len(found) > 2:
        raise _invalid(name, "Invalid address - more than two IP addresses")
    if len(found) != len(networks):
        raise _invalid(name, "Invalid address - Not of same size (single or dual-stack) with subnet")
    for address, network in zip(found, networks, strict=True):
        _check_inside(name, address, network)
    return found


def check_range(kind: str, start: Address, end: Address, least: int) -> None:
    if _number(start) > _number(end):
        raise refuse(f"{kind}_start_address greater than {kind}_end_address")
    if _number(end) - _number(start) + 1 < least:
        raise refuse(f"{kind} address range must contain at least {least} addresses")


def overlapping(start: Address, end: Address, rows: Iterable[Row]) -> str | None:
    """The name of a subcloud that has an address of this range; None where none has (check_range_overlaps)."""
    first, last = _number(start), _number(end)
    for row in rows:
        own = ip_address(row["management-start-ip"])
        if own.version == start.version and _number(own) <= last and first <= _number_of(row["management-end-ip"]):
            return str(row["name"])
    return None


def is_between(address: Address, start: Address, end: Address) -> bool:
    return address.version == start.version and _number(start) <= _number(address) <= _number(end)


def plain(payload: Row, key: str) -> Address:
    """An install value that is an address (_validate_ip_address)."""
    value: Any = payload.get(key)
    if value is None:
        raise refuse(f"{key} invalid: failed to detect a valid IP address from None")
    try:
        return ip_address(value)
    except ValueError:
        raise refuse(f"{key} invalid: failed to detect a valid IP address from {value!r}") from None


def normal(text: str) -> str:
    """Addresses as dcmanager keeps them (format_ip_address)."""
    return ",".join(str(ip_address(part)) for part in text.split(","))


def _network(key: str, text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise _invalid(key, "Invalid subnet - not a valid IP subnet") from None


def _check_size(key: str, network: Network, least: int) -> None:
    if network.num_addresses < least:
        raise _invalid(key, f"Subnet too small - must have at least {least} addresses")
    if network.version == 6 and network.prefixlen < 64:
        raise _invalid(key, "IPv6 minimum prefix length is 64")


def _address(key: str, text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise _invalid(key, "Invalid address - not a valid IP address") from None


def _check_inside(key: str, address: Address, network: Network) -> None:
    if address.version != network.version:
        raise _invalid(key, f"Invalid IP version - must match network version IPv{network.version}")
    if address == network.network_address:
        raise _invalid(key, "Cannot use network address")
    if address.version == 4 and address == network.broadcast_address:
        raise _invalid(key, "Cannot use broadcast address")
    if address not in network:
        raise _invalid(key, f"Address must be in subnet {network}")


def _invalid(key: str, why: str) -> Exception:
    return refuse(f"{key} invalid: {why}")


def _number(address: Address) -> int:
    return int(address)


def _number_of(text: str) -> int:
    return int(ip_address(text))
