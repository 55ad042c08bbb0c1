"""Names in a site's documents that must be somewhere: what refers to nothing is refused where it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from reconciler.desired.findings import Findings
from reconciler.model.node import Node
from reconciler.model.site import Site

# Made by bootstrap or by the installation of a subcloud, each under the name of its type
# (starlingx/config sysinv common/constants.py NETWORK_TYPE_*); a site need not describe them.
BOOTSTRAP_NETWORKS = frozenset(
    (
        "admin",
        "cluster-host",
        "cluster-pod",
        "cluster-service",
        "mgmt",
        "multicast",
        "oam",
        "pxeboot",
        "storage",
        "system-controller",
        "system-controller-oam",
    )
)
ALIKE = 0.85  # a slip of the hand, not another name
SECTIONS = ("ethernet", "vlan", "bond", "vf")


def check_references(site: Site, findings: Findings) -> None:
    """Refuse every name that nothing has, and every interface name that two interfaces of a host have."""
    _check_networks(site, findings)
    _check_macs(site, findings)
    _check_secrets(site, findings)
    for composite in site.hosts.values():
        _Host(site, composite, findings).check()


def _check_networks(site: Site, findings: Findings) -> None:
    for interface in site.of("PtpInterface").values():
        if (instance := interface.get("ptpinstance")) is not None:
            _require(instance, site.of("PtpInstance"), "PtpInstance document", findings)
    for name, network in site.of("PlatformNetwork").items():
        for pool in network.listed("associatedAddressPools"):
            if isinstance(pool.value, str) and pool.value not in site.of("AddressPool"):
                message = (
                    f'PlatformNetwork {name}: no AddressPool document "{pool.value}": it must be on the site already'
                )
                findings.notice(message, pool.origin)


def _check_secrets(site: Site, findings: Findings) -> None:
    """A deployment-config names secrets of its own cluster. We have them from where site.yaml says, or not at all."""
    said = site.system
    named = [("license", said.at("license", "secret"))] if said else []
    named += [(f"certificate {c.text('type')}", c.get("secret")) for c in said.listed("certificates")] if said else []
    named += [
        (f"password of {host}'s board management", profile.at("boardManagement", "credentials", "password", "secret"))
        for host, profile in site.hosts.items()
    ]
    for what, secret in named:
        if secret is not None and secret.value not in site.own_secrets:
            message = (
                f"{what}: not managed, for site.yaml does not say where its secret is: secrets.{secret.value}.secretRef"
            )
            findings.notice(message, secret.origin)


def _check_macs(site: Site, findings: Findings) -> None:
    """A boot MAC names one machine."""
    hosts: dict[str, tuple[str, Node]] = {}
    for host, composite in site.hosts.items():
        for mac in filter(None, (composite.at("match", "bootMAC"), composite.get("bootMAC"))):
            other, first = hosts.setdefault(str(mac.value).lower().replace("-", ":"), (host, mac))
            if other != host:
                message = f"host {host}: bootMAC {mac.value} is that of {other}, at {first.origin}: correct one of them"
                findings.refuse(message, mac.origin)


@dataclass(frozen=True, slots=True)
class _Host:
    site: Site
    composite: Node
    findings: Findings

    def check(self) -> None:
        self._each(self.composite.listed("ptpInstances"), "PtpInstance")
        for _, interface in self._interfaces():
            self._each(interface.listed("dataNetworks"), "DataNetwork")
            self._each(interface.listed("ptpInterfaces"), "PtpInterface")
            for network in interface.listed("platformNetworks"):
                networks = {*self.site.of("PlatformNetwork"), *BOOTSTRAP_NETWORKS}
                _require(network, networks, "PlatformNetwork document", self.findings)
        if names := self._names():
            self._check_lowers(names)

    def _each(self, names: Iterator[Node], kind: str) -> None:
        for name in names:
            _require(name, self.site.of(kind), f"{kind} document", self.findings)

    def _interfaces(self) -> Iterator[tuple[str, Node]]:
        for section in SECTIONS:
            for interface in self.composite.listed("interfaces", section):
                yield section, interface

    def _names(self) -> Mapping[str, Node]:
        """The host's interfaces by name. Empty where Git says none: then it cannot say which are missing."""
        names: dict[str, Node] = {}
        for section, interface in self._interfaces():
            if (name := interface.get("name")) is None:
                continue
            first = names.setdefault(str(name.value), name)
            if first is not name:
                message = (
                    f'host {self.composite.text("name")} has two interfaces named "{name.value}", '
                    f"first at {first.origin}: rename this one, in {section}"
                )
                self.findings.refuse(message, name.origin)
        return names

    def _check_lowers(self, names: Collection[str]) -> None:
        for _, interface in self._interfaces():
            if (lower := interface.get("lower")) is not None:
                self._require_interface(lower, names)
        for section in ("addresses", "routes"):
            for item in self.composite.listed(section):
                if (named := item.get("interface")) is not None:
                    self._require_interface(named, names)

    def _require_interface(self, named: Node, names: Collection[str]) -> None:
        host = self.composite.text("name")
        _require(named, names, "interface", self.findings, f" on host {host}")


def _require(named: Node, known: Collection[str], what: str, findings: Findings, where: str = "") -> None:
    if not isinstance(named.value, str) or named.value in known:
        return  # what is no text was refused for that
    near = get_close_matches(named.value, known, 1, ALIKE)
    advice = f'did you mean "{near[0]}"?' if near else "define it, or take the name out"
    findings.refuse(f'no {what} "{named.value}"{where}: {advice}', named.origin)
