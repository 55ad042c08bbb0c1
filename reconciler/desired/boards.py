"""Where Git says that the board management controllers of a site's hosts are, and who we are to them, if it says that.

A host's own `boardManagement` counts, with the secret that it names in site.yaml; for controller-0 that has none, what
the installer is told in install-values.yaml, with `bmc_password: {secretRef: ..}` beside address and user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.board import BoardPlace
from reconciler.model.plan import FIRST_HOST
from reconciler.model.site import Site

SPEAKS_REDFISH = frozenset(("", "bmc", "dynamic", "redfish"))  # dynamic: the platform finds out; ipmi, none: not


def board_places(site: Site) -> tuple[BoardPlace, ...]:
    """One for each host whose controller can be asked by Redfish, by host; user and password are "" where Git says none."""
    found: dict[str, BoardPlace] = {}
    for place in (*_of_installer(site), *_of_hosts(site)):
        if place.lets_us_in or place.host not in found:
            found[place.host] = place
    return tuple(found[host] for host in sorted(found) if not _has_none(site, host))


def boot_macs(site: Site) -> Mapping[str, str]:
    """Hostname -> MAC by which Git says that it boots, where it says so."""
    said = {name: host.text("bootMAC") or host.text("match", "bootMAC") for name, host in site.hosts.items()}
    return {name: mac.lower() for name, mac in said.items() if mac}


def board_url(address: str) -> str:
    """Of the Redfish service at an address: always TLS."""
    return f"https://[{address}]" if ":" in address else f"https://{address}"


def _of_hosts(site: Site) -> Iterator[BoardPlace]:
    for host, profile in site.hosts.items():
        said = profile.get("boardManagement")
        if said and said.text("type") in SPEAKS_REDFISH:
            named = site.own_secrets.get(said.text("credentials", "password", "secret"))
            who = (named.text("username"), named.text("secretRef")) if named else ("", "")
            yield from _place(site, host, said.text("address"), *who)


def _of_installer(site: Site) -> Iterator[BoardPlace]:
    if values := site.install_values:
        who = values.text("bmc_username"), values.text("bmc_password", "secretRef")
        yield from _place(site, FIRST_HOST, values.text("bmc_address"), *who)


def _place(site: Site, host: str, address: str, username: str, reference: str) -> Iterator[BoardPlace]:
    if address:
        yield BoardPlace(site.name, host, board_url(address), username, reference, in_git=True)


def _has_none(site: Site, host: str) -> bool:
    """Git says that the host has none, or one that speaks IPMI only."""
    profile = site.hosts.get(host)
    return profile is not None and profile.text("boardManagement", "type") not in SPEAKS_REDFISH
