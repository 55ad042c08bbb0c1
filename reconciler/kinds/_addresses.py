"""IP addresses as text: one spelling for each, and how documents' text becomes it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any, Literal

from reconciler.model.node import Node
from reconciler.model.rule import Rule

Family = Literal["ipv4", "ipv6"]


def canonical(value: Any) -> Any:
    """The one spelling of an address; what is no address stays as it is, in lower case."""
    try:
        return str(ip_address(value))
    except ValueError:
        return str(value).lower()


IP_TEXT = Rule(
    "ip-text", "One IP address has many spellings; the platform keeps the shortest, in lower case.", canonical
)


def as_address_set(values: Any) -> Any:
    return frozenset(map(canonical, values)) if values is not None else None


SUBNET = Rule("subnet", "A subnet is its network address: neither the bits of a host in it nor its spelling count.")
ANY_ORDER = Rule(
    "ip-set", "Each address in its one spelling, names in lower case; their order is nothing.", as_address_set
)


def subnet(address: Any, prefix: Any) -> str:
    """The network address of a subnet that is given by any address in it; sysinv answers 500 to host bits."""
    try:
        return str(ip_network(f"{address}/{prefix}", strict=False).network_address)
    except ValueError:
        return str(canonical(address))


def family(address: Any) -> Family:
    return "ipv6" if ":" in str(address) else "ipv4"


def said(node: Node | None) -> Node | None:
    """An address that Git says, in its one spelling."""
    return node and node.spelled(canonical(node.value))


def said_subnet(node: Node | None, prefix: Node | None) -> Node | None:
    """A subnet that Git says, by its network address."""
    return node and node.spelled(subnet(node.value, prefix.value if prefix else ""))
