"""What bootstrap-values and install-values mean for a new system (ansible-playbooks host_vars/bootstrap/default.yml).

install_type: 0 and 1 install a standard system, 2 to 5 all-in-one, 4 and 5 with the low latency kernel. Ranges that are
not given are the whole subnet but its first and last address (roles/bootstrap/validate-config/tasks/main.yml).
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.simulator.hardware import ALL_IN_ONE, STANDARD, Bootstrap, Pool, Subnet

DEFAULTS = {
    "management_subnet": "192.168.204.0/24",
    "pxeboot_subnet": "169.254.202.0/24",
    "external_oam_subnet": "10.10.10.0/24",
    "management_multicast_subnet": "239.1.1.0/28",
    "cluster_host_subnet": "192.168.206.0/24",
    "cluster_pod_subnet": "172.16.0.0/16",
    "cluster_service_subnet": "10.96.0.0/12",
}
NETWORKS = (
    ("mgmt", "management", "management", True),
    ("pxeboot", "pxeboot", "pxeboot", True),
    ("oam", "external_oam", "oam", False),
    ("multicast", "management_multicast", "multicast-subnet", False),
    ("cluster-host", "cluster_host", "cluster-host-subnet", True),
    ("cluster-pod", "cluster_pod", "cluster-pod-subnet", False),
    ("cluster-service", "cluster_service", "cluster-service-subnet", False),
    ("admin", "admin", "admin", False),
)
"""Type, start of the keys in the file, start of the pool's name, dynamic; in the order of creation."""

STANDARD_TYPES, LOW_LATENCY_TYPES = ("0", "1"), ("4", "5")
USUAL_DNS = ("8.8.8.8", "8.8.4.4")
USUAL_RELEASE = "24.09"


def bootstrap_of(bootstrap: Node | None, install: Node | None, *, standard: bool) -> Bootstrap:
    """``standard`` is what to take where no install_type is given: whether there are hosts besides controllers."""
    kind = install.text("install_type") if install else ""
    is_standard = kind in STANDARD_TYPES if kind else standard
    mode = (bootstrap.text("system_mode") if bootstrap else "") or "simplex"
    release = (install.text("software_version") if install else "") or _text(bootstrap, "software_version")
    return Bootstrap(
        system_type=STANDARD if is_standard else ALL_IN_ONE,
        system_mode=mode,
        subnets=tuple(_subnets(bootstrap, mode)),
        dns=_dns(bootstrap),
        release=release or USUAL_RELEASE,
        timezone=_text(bootstrap, "timezone") or "UTC",
        low_latency=kind in LOW_LATENCY_TYPES,
    )


def _text(node: Node | None, key: str) -> str:
    return node.text(key) if node else ""


def _dns(bootstrap: Node | None) -> tuple[str, ...]:
    given = tuple(str(item.value) for item in bootstrap.listed("dns_servers")) if bootstrap else ()
    return given or USUAL_DNS


def _subnets(bootstrap: Node | None, mode: str) -> list[Subnet]:
    found = []
    for kind, key, name, dynamic in NETWORKS:
        networks = _text(bootstrap, f"{key}_subnet") or DEFAULTS.get(f"{key}_subnet", "")
        if networks:
            parts = [part.strip() for part in networks.split(",")]
            pools = [_pool(bootstrap, key, name, (place, part), mode) for place, part in enumerate(parts)]
            found.append(Subnet(kind, tuple(pools), dynamic))
    return found


def _pool(bootstrap: Node | None, key: str, name: str, part: tuple[int, str], mode: str) -> Pool:
    place, network = part
    subnet = _network(bootstrap, key, network)

    def given(what: str) -> str:
        """A value for this family: dual-stack values stand side by side, separated by commas."""
        parts = _text(bootstrap, f"{key}_{what}").split(",")
        return parts[place].strip() if place < len(parts) else ""

    floating = given("floating_address")
    nodes = (given("node_0_address"), given("node_1_address")) if mode != "simplex" else ("", "")
    return Pool(
        name=name if key == "pxeboot" else f"{name}-ipv{subnet.version}",
        network=str(subnet),
        start=given("start_address") or str(subnet[1]),
        end=given("end_address") or str(subnet[-2]),
        gateway=given("gateway_address"),
        floating=floating or (str(subnet[2]) if key == "external_oam" else ""),
        nodes=nodes,
    )


def _network(bootstrap: Node | None, key: str, text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        node = bootstrap.get(f"{key}_subnet") if bootstrap else None
        where = node.origin if node else "bootstrap-values.yaml"
        raise ConfigError(f"{key}_subnet is no network: {error}", where) from None
