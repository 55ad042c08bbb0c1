"""A subcloud's subnets, ranges and gateways against each other: what cannot be is refused at its line, all of it at once.

The rules are dcmanager's, which tells the first mistake alone and no place: dcmanager/common/phased_subcloud_deploy.py
(validate_subcloud_config, validate_admin_network_config, InstallValuesValidator), dcmanager/common/utils.py
(validate_network_str, validate_address_str). What is missing is no contradiction: see `deployable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from reconciler.desired.files import BOOTSTRAP, INSTALL
from reconciler.desired.findings import Findings
from reconciler.model.node import Node
from reconciler.model.site import Site

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
SIMPLEX = "simplex"
GIVEN_OUT = ("management", "admin")  # networks of which a range is given out, beside a gateway
OTHERS = ("external_oam", "pxeboot", "cluster_host", "cluster_pod", "cluster_service", "management_multicast")
SHORTEST_IPV6_PREFIX = 64


def check_networks(site: Site, findings: Findings) -> None:
    """Refuse addresses outside their subnets, ranges that end before they begin, families that differ."""
    bootstrap, install = site.bootstrap_values, site.install_values
    if bootstrap is not None:
        checking = _Networks(bootstrap, findings)
        checking.check()
    if install is not None:
        _check_install(install, bootstrap, findings)


def primary(bootstrap: Node) -> str:
    """By which of its networks the centre reaches a subcloud: `admin` where it has one (get_primary_management_subnet)."""
    return "admin" if bootstrap.get("admin_subnet") is not None else "management"


def given_out(bootstrap: Node, kind: str) -> Iterator[tuple[Node, Address, Address]]:
    """Each range of a network's addresses with where its first is written; nothing for what is no range."""
    floating = bootstrap.get(f"{kind}_floating_address") if bootstrap.text("system_mode") == SIMPLEX else None
    start, end = (bootstrap.get(f"{kind}_{part}_address") or floating for part in ("start", "end"))
    if start is None or end is None:
        return
    for first, last in zip(addresses(start), addresses(end), strict=False):
        if first.version == last.version and int(first) <= int(last):
            yield start, first, last


@dataclass(frozen=True, slots=True)
class _Networks:
    values: Node
    findings: Findings

    def check(self) -> None:
        for kind in (*GIVEN_OUT, *OTHERS):
            subnets = self._subnets(kind)
            if subnets is not None:
                self._check_members(kind, subnets)
        for kind in GIVEN_OUT:
            self._check_range(kind)
        self._check_gateways()
        self._check_nodes()

    def _subnets(self, kind: str) -> list[Network] | None:
        """Those of one network; None where it has none that can be read."""
        said = self.values.get(f"{kind}_subnet")
        if said is None:
            return None
        try:
            found = [ip_network(part.strip(), strict=False) for part in str(said.value).split(",")]
        except ValueError as error:
            self._refuse(said, f"{kind}_subnet is no subnet: {error}")
            return None
        if len({network.version for network in found}) != len(found):
            self._refuse(said, f"{kind}_subnet: two subnets are one of IPv4 and one of IPv6")
            return None
        self._check_size(kind, said, found)
        return found

    def _check_size(self, kind: str, said: Node, found: list[Network]) -> None:
        least = (4 if self._is_simplex else 8) if kind in GIVEN_OUT else 1
        for network in found:
            if network.num_addresses < least:
                self._refuse(said, f"{kind}_subnet {network} is too small: {least} addresses are the least")
            if network.version == 6 and network.prefixlen < SHORTEST_IPV6_PREFIX:
                self._refuse(said, f"{kind}_subnet {network} is too large: /64 is the shortest prefix of IPv6")

    def _check_members(self, kind: str, subnets: list[Network]) -> None:
        """Every address of the network, which is one for each of its subnets, in their order."""
        for key, node in self.values.members():
            if key.startswith(f"{kind}_") and key.endswith("_address") and self._is_of(kind, key):
                self._check_member(key, node, subnets)

    def _check_member(self, key: str, node: Node, subnets: list[Network]) -> None:
        try:
            found = _parsed(node)
        except ValueError as error:
            self._refuse(node, f"{key} is no address: {error}")
            return
        if len(found) != len(subnets):
            named = ", ".join(map(str, subnets))
            self._refuse(node, f"{key} must have as many addresses as there are subnets ({named})")
            return
        for address, subnet in zip(found, subnets, strict=True):
            if told := _outside(address, subnet):
                self._refuse(node, f"{key} {address} {told}")

    def _check_range(self, kind: str) -> None:
        start, end = (self.values.get(f"{kind}_{part}_address") for part in ("start", "end"))
        if start is None or end is None:
            return
        least = 1 if self._is_simplex else 3
        for first, last in zip(addresses(start), addresses(end), strict=False):
            if first.version != last.version:
                continue
            if int(first) > int(last):
                self._refuse(end, f"{kind}_end_address {last} comes before {kind}_start_address {first}")
            elif int(last) - int(first) + 1 < least:
                self._refuse(end, f"{kind} addresses {first} to {last} are too few: {least} are the least")

    def _check_gateways(self) -> None:
        """A gateway is none of the addresses that are given out; and there is one, by which the centre is reached."""
        admin, management = (self.values.get(f"{kind}_gateway_address") for kind in ("admin", "management"))
        if admin is not None and management is not None:
            message = "management_gateway_address and admin_gateway_address exclude each other: take this one out"
            self._refuse(management, message)
        for kind, gateway in (("admin", admin), ("management", management)):
            if gateway is not None:
                self._check_gateway(kind, gateway)
        self._check_family("systemcontroller_gateway_address")
        self._check_way("systemcontroller_gateway_address")

    def _check_gateway(self, kind: str, gateway: Node) -> None:
        for address in addresses(gateway):
            for _, first, last in given_out(self.values, kind):
                if address.version == first.version and int(first) <= int(address) <= int(last):
                    message = f"{kind}_gateway_address {address} is one of those that are given out, {first} to {last}"
                    self._refuse(gateway, message)

    def _check_family(self, key: str) -> None:
        """The way to the centre is of the family of the network that it leads from."""
        node, subnet = self.values.get(key), self.values.get(f"{primary(self.values)}_subnet")
        if node is None or subnet is None:
            return
        family, wanted = _family(node), _family(subnet)
        if family and wanted and family != wanted:
            named = f"{primary(self.values)}_subnet"
            self._refuse(node, f"{key} is IPv{family}, and {named} is IPv{wanted} first: they must be of one family")

    def _check_way(self, key: str) -> None:
        """The way to the centre is an address of the centre's own management network, which is not the subcloud's."""
        node, subnet = self.values.get(key), self.values.get(f"{primary(self.values)}_subnet")
        if node is None or subnet is None:
            return
        for network in _networks(subnet):
            if any(address in network for address in addresses(node) if address.version == network.version):
                told = f"{node.value} lies in {primary(self.values)}_subnet {network}: it is an address of the centre's own"
                self._refuse(node, f"{key} {told} management network, and the two must not meet")

    def _check_nodes(self) -> None:
        """A single controller has the floating address alone (ansible-playbooks roles/bootstrap/validate-config)."""
        for key in ("external_oam_node_0_address", "external_oam_node_1_address"):
            if self._is_simplex and (node := self.values.get(key)) is not None:
                told = f"{key} counts for nothing where system_mode is simplex: take it out"
                self.findings.notice(f"{BOOTSTRAP}: {told}", node.origin)

    def _is_of(self, kind: str, key: str) -> bool:
        """management_multicast_… belongs to another network than management_…."""
        return kind != "management" or not key.startswith("management_multicast_")

    @property
    def _is_simplex(self) -> bool:
        return self.values.text("system_mode") == SIMPLEX

    def _refuse(self, node: Node, message: str) -> None:
        if not self.findings.has_error_at(node.origin):
            self.findings.refuse(f"{BOOTSTRAP}: {message}", node.origin)


def _check_install(install: Node, bootstrap: Node | None, findings: Findings) -> None:
    """The board, the machine's first address and its gateway are of one family, and the board of the OAM network's."""
    first = install.get("bootstrap_address")
    for key in ("bmc_address", "nexthop_gateway", "network_address"):
        _check_same(install, key, ("bootstrap_address", first), findings)
    oam = bootstrap.get("external_oam_subnet") if bootstrap else None
    _check_same(install, "bmc_address", ("external_oam_subnet", oam), findings)
    network = install.get("network_address")
    for key in ("nexthop_gateway", "network_mask"):
        if network is not None and install.get(key) is None:
            findings.refuse(f"{INSTALL}: network_address wants {key} beside it", network.origin)


def _check_same(install: Node, key: str, other: tuple[str, Node | None], findings: Findings) -> None:
    node, (named, against) = install.get(key), other
    family, wanted = _family(node), _family(against)
    if node is not None and against is not None and family and wanted and family != wanted:
        where = f"{named} (at {against.origin})"
        findings.refuse(
            f"{INSTALL}: {key} is IPv{family}, and {where} IPv{wanted}: they must be of one family", node.origin
        )


def _outside(address: Address, subnet: Network) -> str:
    """Why an address cannot be one of the subnet's; "" where it can."""
    if address.version != subnet.version:
        return f"is IPv{address.version}, and its subnet {subnet} is not"
    if address not in subnet:
        return f"is outside its subnet {subnet}"
    if address == subnet.network_address:
        return f"is the address of its subnet {subnet} itself"
    is_broadcast = address.version == 4 and address == subnet.broadcast_address
    return f"is the broadcast address of its subnet {subnet}" if is_broadcast else ""


def _parsed(node: Node) -> list[Address]:
    """The addresses of a value, of two families separated by a comma. Raises ValueError."""
    return [ip_address(part.strip()) for part in str(node.value).split(",")]


def addresses(node: Node) -> list[Address]:
    """The addresses of a value; nothing where one cannot be read, which is told elsewhere."""
    try:
        return _parsed(node)
    except ValueError:
        return []


def _networks(node: Node) -> list[Network]:
    """The subnets of a value; nothing where one cannot be read, which is told elsewhere."""
    try:
        return [ip_network(part.strip(), strict=False) for part in str(node.value).split(",")]
    except ValueError:
        return []


def _family(node: Node | None) -> int:
    """4 or 6, of two the first's; 0 where it cannot be read."""
    try:
        return ip_network(str(node.value).split(",")[0].strip(), strict=False).version if node else 0
    except ValueError:
        return 0
