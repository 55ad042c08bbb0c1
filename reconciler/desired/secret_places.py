"""Which secrets a site's files name, and where: after layers and values, as they would be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.desired.files import FLEET, SITE, parse_blob
from reconciler.desired.secret_keys import REFERENCES
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import SecretPlace


@dataclass(frozen=True, slots=True)
class SecretNamed:
    """A reference, and who says it."""

    reference: str
    origin: Origin


def secrets_named(site: Site, files: Mapping[str, bytes]) -> Iterator[SecretNamed]:
    """What a site's files name, and what fleet.yaml does for it. files: the site's, by path; none of them is wrong."""
    roots = (*site.own_secrets.values(), site.own_system, site.install_values, site.bootstrap_values, site.central)
    for root in filter(None, roots):
        yield from _below(root)
    fleet = parse_blob(FLEET, files[FLEET]).root if FLEET in files else None
    if central := fleet and fleet.get("systemController"):
        yield from _below(central)
    yield from _of_policy(site, files, fleet)


def _below(node: Node) -> Iterator[SecretNamed]:
    for element in node.items():
        yield from _below(element)
    for key, member in node.members():
        if key in REFERENCES and isinstance(member.value, str):
            yield SecretNamed(member.value, member.origin)
        else:
            yield from _below(member)


def _of_policy(site: Site, files: Mapping[str, bytes], fleet: Node | None) -> Iterator[SecretNamed]:
    """How it is made a subcloud, and backed up: said by the site, its group or the defaults, told apart by what it says."""
    policy, backup, path = site.settings.subcloud, site.settings.backup, f"subclouds/{site.name}/{SITE}"
    own = parse_blob(path, files[path]).root if (policy or backup) and path in files else None
    places = ((policy.sysadmin, policy.board) if policy else ()) + ((backup.sysadmin,) if backup else ())
    for place in filter(None, places):
        yield SecretNamed(place.of(site.name).reference, _origin(place, own, fleet) or Origin(path, 1))


def _origin(place: SecretPlace, *roots: Node | None) -> Origin | None:
    """Where it stands: the site's own word comes first."""
    said = (named for root in filter(None, roots) for named in _below(root))
    return next((named.origin for named in said if named.reference == place.secret_ref), None)
