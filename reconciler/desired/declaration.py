"""What fleet.yaml and site.yaml say about one site: its settings, its layers, what `${name}` stands for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from reconciler.desired.central import PLACES, check_central, check_places
from reconciler.desired.check import check
from reconciler.desired.device_images import check_device_images
from reconciler.desired.files import FLEET, SITE, parse_blob
from reconciler.desired.findings import Findings
from reconciler.desired.merge import merged
from reconciler.desired.own_values import head
from reconciler.desired.scalars import raw_text
from reconciler.desired.settings import DEFAULT_GROUP, LAYER_NAME, Fleet, SiteFile, resolved
from reconciler.desired.software import check_release, check_root_ca, is_by_dcmanager
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Settings

JUDGED_BY_RELEASES = ("software", "subcloud")  # what is to run, and what is to be deployed


@dataclass(frozen=True, slots=True)
class Declaration:
    """layers: their names where they are written, the lowest first. values: None where nobody declares any.

    pruned: the kinds that `prune` names, where it does; whether there are such kinds is judged where kinds are known.
    central: what fleet.yaml says of the central cloud, where this is the folder of the system controller.
    software, kubernetes, device_images, subcloud: as defaults, group and site say them together, each value where it was written.
    releases: those that the centre can deploy, where fleet.yaml says which.
    """

    settings: Settings = field(default_factory=Settings)
    layers: tuple[Node, ...] = ()
    values: Mapping[str, Node] | None = None
    pruned: Mapping[str, Origin] = field(default_factory=dict)
    central: Node | None = None
    software: Node | None = None
    kubernetes: Node | None = None
    device_images: Node | None = None
    subcloud: Node | None = None
    releases: Collection[str] = ()


def declaration(fleet: Node | None, site: Node | None, folder: str, findings: Findings) -> Declaration:
    """Read the roots of fleet.yaml and site.yaml; what is wrong in them goes to `findings`."""
    known, fleet_findings = _fleet(fleet) if fleet is not None else (None, Findings())
    findings.include(fleet_findings)
    own = _own(site, findings)
    if own is None or (fleet is not None and known is None):
        return Declaration()
    _check_own(own, site, known, folder, findings)
    group = own.group or DEFAULT_GROUP
    software = merged(iter(_given("software", fleet, site, group)))
    kubernetes = merged(iter(_given("kubernetes", fleet, site, group)))
    check_release(software, _releases(known), findings)
    check_root_ca(kubernetes, findings)
    device_images = merged(iter(_given("deviceImages", fleet, site, group)))
    check_device_images(device_images, findings)
    central = fleet.get("central") if fleet and known and known.central_site == folder else None
    settings = resolved(known, own).model_copy(update={"is_batched": is_by_dcmanager(software, kubernetes)})
    places = _given("subcloud", fleet, site, group)
    check_places(settings.subcloud, fleet, places, findings)
    return Declaration(
        # it is no subcloud of itself, whatever the defaults say of all sites
        settings=settings.model_copy(update={"subcloud": None, "is_central": True}) if central else settings,
        layers=tuple(_layers(site, findings)),
        values=_values(fleet, site, group),
        pruned=_pruned(fleet, site, group),
        software=software,
        central=central,
        kubernetes=kubernetes,
        device_images=device_images,
        subcloud=merged(iter(places)),
        releases=_releases(known),
    )


def _releases(fleet: Fleet | None) -> Collection[str]:
    return fleet.system_controller.releases if fleet and fleet.system_controller else ()


def load_fleet(content: bytes, path: str = FLEET) -> Fleet:
    """fleet.yaml as a value. Raises ConfigErrors."""
    root = parse_blob(path, content).root
    if root is None:
        raise ConfigErrors([ConfigError("the file is empty: it needs apiVersion, kind and name", path)])
    _fleet(root)[1].end()
    return Fleet.model_validate(root.plain())


def layers_of(content: bytes) -> tuple[str, ...]:
    """The layers that a site.yaml names; () where it cannot be understood: `load_site` says what is wrong with it."""
    try:
        root = parse_blob(SITE, content).root
    except ConfigErrors:
        return ()
    return tuple(str(node.value) for node in _layers(root, Findings()))


def fleet_part(fleet: bytes, site: bytes, folder: str = "") -> bytes:
    """What of fleet.yaml reaches a site, for the digest of its inputs; all of it where one cannot be understood."""
    try:
        known = _parsed_fleet(fleet)
        own = parse_blob(SITE, site).root
    except ConfigErrors:
        return fleet
    if known is None or _fleet(known)[0] is None:
        return fleet
    group = (own.text("group") if own else "") or DEFAULT_GROUP
    is_known = group in _names(known.get("groups"))
    parts = [known.get("defaults"), known.at("groups", group), known.get("freezes")]
    if approvals := known.get("approvals"):
        parts.append(approvals)
    if any(place.get(one) for place in (own, *parts[:2]) if place for one in JUDGED_BY_RELEASES):
        parts.append(known.at("systemController", "releases"))
    of_central = _of_central(known, _given("subcloud", known, own, group), folder)
    return json.dumps([group, is_known, *map(_exact, parts), *of_central], sort_keys=True).encode()


def _of_central(fleet: Node, said: list[Node], folder: str) -> Iterator[Any]:
    """All that is said of the central cloud, for the system controller; for others what they are checked against."""
    central = fleet.get("central")
    if central is None:
        return
    if folder and folder == (central.text("site") or fleet.text("rollout", "central", "site")):
        yield {"central": _exact(central)}
    for key, names in PLACES.items():
        if any(place.get(key) for place in said):
            yield {names: sorted(_names(central.get(names)))}


@lru_cache(maxsize=4)
def _parsed_fleet(content: bytes) -> Node | None:
    return parse_blob(FLEET, content).root


@lru_cache(maxsize=4)
def _fleet(root: Node) -> tuple[Fleet | None, Findings]:
    """Read once, though every site asks: a node is known by its identity, and never changes."""
    findings = Findings()
    check(Fleet, root, "fleet", findings)
    fleet = None if findings.has_errors else Fleet.model_validate(root.plain())
    if fleet and (central := root.get("central")):
        check_central(fleet, central, findings)
    return (None if findings.has_errors else fleet), findings


def _own(site: Node | None, findings: Findings) -> SiteFile | None:
    if site is None:
        return SiteFile()
    mine, declared = Findings(), head(site)
    check(SiteFile, declared, "site", mine)
    findings.include(mine)
    return None if mine.has_errors else SiteFile.model_validate(declared.plain())


def _check_own(own: SiteFile, site: Node | None, fleet: Fleet | None, folder: str, findings: Findings) -> None:
    if site is None:
        return
    if own.name not in (None, folder):
        message = f'name is "{own.name}" and the folder is "{folder}": they must be the same'
        findings.refuse(message, (site.get("name") or site).origin)
    if own.subcloud and own.subcloud.delete not in (None, folder):
        said = site.at("subcloud", "delete") or site
        message = f'subcloud.delete is "{own.subcloud.delete}" and the site is "{folder}": only its own name deletes it'
        findings.refuse(message, said.origin)
    if own.subcloud and fleet and fleet.central and fleet.central_site == folder:
        message = "the system controller is no subcloud of itself: what it has is said under central in fleet.yaml"
        findings.refuse(message, (site.get("subcloud") or site).origin)
    if own.group not in (None, DEFAULT_GROUP, *(fleet.groups if fleet else ())):
        known = ", ".join(fleet.groups) if fleet and fleet.groups else "none"
        message = f'no group "{own.group}": {FLEET} defines {known}'
        findings.refuse(message, (site.get("group") or site).origin)


def _layers(site: Node | None, findings: Findings) -> Iterator[Node]:
    seen: dict[str, Node] = {}
    for node in site.listed("layers") if site else ():
        first = seen.setdefault(str(node.value), node)
        if not isinstance(node.value, str) or not LAYER_NAME.fullmatch(node.value):
            findings.refuse(f'"{node.value}" names no layer: a layer is a folder directly in profiles/', node.origin)
        elif first is not node:
            findings.refuse(f'the layer "{node.value}" is named twice, first at {first.origin}', node.origin)
        else:
            yield node


def _values(fleet: Node | None, site: Node | None, group: str) -> Mapping[str, Node] | None:
    given = _given("values", fleet, site, group)
    return {name: node for place in given for name, node in place.members()} if given else None


def _pruned(fleet: Node | None, site: Node | None, group: str) -> Mapping[str, Origin]:
    return {kind: node.origin for place in _given("prune", fleet, site, group) for kind, node in place.members()}


def _given(member: str, fleet: Node | None, site: Node | None, group: str) -> list[Node]:
    """A mapping as the defaults, the group and the site say it, the lowest first."""
    places = (
        fleet.at("defaults", member) if fleet else None,
        fleet.at("groups", group, member) if fleet else None,
        site.get(member) if site else None,
    )
    return [place for place in places if place is not None]


def _names(mapping: Node | None) -> Collection[str]:
    return mapping.value if mapping is not None and isinstance(mapping.value, Mapping) else ()


def _exact(node: Node | None) -> Any:
    """The value with its type and its text: `24.10` and `24.1` are one number and two texts."""
    if node is None:
        return None
    if isinstance(node.value, Mapping):
        return {key: _exact(member) for key, member in node.value.items()}
    if isinstance(node.value, tuple):
        return [_exact(element) for element in node.value]
    return f"{type(node.value).__name__} {raw_text(node)}"
