"""Which addresses each subcloud takes in the centre's sight, and where two of them meet. Pure.

dcmanager refuses a range that meets another subcloud's (dcmanager/common/phased_subcloud_deploy.py check_range_overlaps);
its two API workers may let two pass that come at once (distributed-cloud.md 1). So a fleet is checked before anything is
sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.desired.files import BOOTSTRAP
from reconciler.desired.subcloud_networks import Address, given_out, primary
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Site


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses that a subcloud gives out in the network by which the centre reaches it. origin: of the first."""

    site: str
    kind: str
    first: Address
    last: Address
    origin: Origin

    def meets(self, other: Range) -> bool:
        return self.first.version == other.first.version and not (
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
        own, other = (f"{each.first} to {each.last}" for each in (self.second, self.first))
        message = (
            f"{BOOTSTRAP}: the {self.second.kind} addresses {own} meet those of {self.first.site}, {other} "
            f"(at {self.first.origin}): give each subcloud its own"
        )
        return ConfigError(message, self.second.origin)


def ranges(site: Site) -> tuple[Range, ...]:
    """Those of one site: one of each family that it has."""
    return of_values(site.name, site.bootstrap_values) if site.bootstrap_values else ()


def of_values(name: str, bootstrap: Node) -> tuple[Range, ...]:
    kind = primary(bootstrap)
    return tuple(Range(name, kind, first, last, at.origin) for at, first, last in given_out(bootstrap, kind))


def meetings(every: Iterable[Range]) -> Iterator[Meeting]:
    """Each range that meets one of another site, with one that it meets. n log n."""
    last: Range | None = None
    for one in sorted(every, key=lambda each: (each.first.version, int(each.first), each.site)):
        if last is not None and one.meets(last) and one.site != last.site:
            yield Meeting(*sorted((last, one), key=lambda each: each.site))
        if last is None or not one.meets(last) or int(one.last) > int(last.last):
            last = one
