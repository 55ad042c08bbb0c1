"""Which addresses each subcloud takes in the centre's sight, and where two of them meet. Pure.

dcmanager refuses a range that meets another subcloud's (dcmanager/common/phased_subcloud_deploy.py check_range_overlaps);
its two API workers may let two pass that come at once (distributed-cloud.md 1). So a fleet is checked before anything is
sent. That two subclouds name one board management controller it does not ask: the second would be installed on the machine
of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from reconciler.desired.files import BOOTSTRAP, INSTALL
from reconciler.desired.subcloud_networks import Address, addresses, given_out, primary
from reconciler.model.central import Addresses
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Site

BOARD = "board"


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses that are one subcloud's alone. origin: of the first.

    kind: the network by which the centre reaches it, of which it gives these out; or `board`, where its machine is
    installed from.
    """

    site: str
    kind: str
    first: Address
    last: Address
    origin: Origin

    @property
    def sight(self) -> tuple[bool, int]:
        """Only what is seen by the same way can meet: networks by the centre, boards by who installs."""
        return self.kind == BOARD, self.first.version

    def meets(self, other: Range) -> bool:
        return self.sight == other.sight and not (
            int(self.last) < int(other.first) or int(other.last) < int(self.first)
        )


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two ranges that have addresses in common; the second is the site's whose name comes later."""

    first: Range
    second: Range

    @property
    def error(self) -> ConfigError:
        """For people, at the second."""
        if self.second.kind == BOARD:
            told = f"bmc_address {self.second.first} is that of {self.first.site} (at {self.first.origin})"
            return ConfigError(f"{INSTALL}: {told}: its machine would be installed anew", self.second.origin)
        own, other = (f"{each.first} to {each.last}" for each in (self.second, self.first))
        message = (
            f"{BOOTSTRAP}: the {self.second.kind} addresses {own} meet those of {self.first.site}, {other} "
            f"(at {self.first.origin}): give each subcloud its own"
        )
        return ConfigError(message, self.second.origin)


def ranges(site: Site) -> tuple[Range, ...]:
    """Those of one site: one of each family that it has."""
    return of_values(site.name, site.bootstrap_values) if site.bootstrap_values else ()


def boards(site: Site) -> tuple[Range, ...]:
    """Where the machine of a site is installed from: one address, or none."""
    said = site.install_values.get("bmc_address") if site.install_values else None
    return tuple(Range(site.name, BOARD, at, at, said.origin) for at in addresses(said)) if said else ()


def of_values(name: str, bootstrap: Node) -> tuple[Range, ...]:
    kind = primary(bootstrap)
    return tuple(Range(name, kind, first, last, at.origin) for at, first, last in given_out(bootstrap, kind))


def of_row(name: str, said: Addresses) -> tuple[Range, ...]:
    """Those of a subcloud that dcmanager has, as its row shows them; nothing of a row that shows none."""
    try:
        first, last = ip_address(said.start), ip_address(said.end)
    except ValueError:
        return ()
    return (Range(name, "management", first, last, Origin("dcmanager", 0)),) if first.version == last.version else ()


def meetings(every: Iterable[Range]) -> Iterator[Meeting]:
    """Each range that meets one of another site, with one that it meets. n log n."""
    last: Range | None = None
    for one in sorted(every, key=lambda each: (each.sight, int(each.first), each.site)):
        if last is not None and one.meets(last) and one.site != last.site:
            yield Meeting(*sorted((last, one), key=lambda each: each.site))
        if last is None or not one.meets(last) or int(one.last) > int(last.last):
            last = one
