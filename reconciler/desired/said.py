"""A merged site taken apart: every value at its place, places told apart as a merge tells them. The inverse of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.desired.files import SITE
from reconciler.desired.merge import PLAIN, Rule
from reconciler.desired.rules import HOST, SITE_SECTIONS, SPEC_RULES
from reconciler.model.node import Node
from reconciler.model.said import Element, Said
from reconciler.model.site import Site


def said(site: Site) -> Iterator[Said]:
    """What Git says of a site, value by value; what is said of equal sites is equal, whatever stands where.

    Each document says first that it is there, the System with its name for a value. Values are plain; lists without a
    key are whole. The order of elements is not told: a merge has none.
    """
    if site.system is not None and site.system_name is not None:
        yield Said("System", "", (), site.system_name.value)
        yield from _below(Said("System", ""), site.system, SPEC_RULES["System"])
    for kind, documents in site.documents.items():
        for name, spec in documents.items():
            yield Said(kind, name)
            yield from _below(Said(kind, name), spec, SPEC_RULES.get(kind, PLAIN))
    for name, composite in site.hosts.items():
        yield Said("Host", name)
        members = {key: node for key, node in composite.members() if key != "name"}
        yield from _below(Said("Host", name), Node(members, composite.origin), HOST)
    if site.own_system is not None:
        yield from _at(Said(SITE, "").at("system"), site.own_system, SITE_SECTIONS)
    for name, section in site.own_hosts.items():
        yield from _at(Said(SITE, "").at("hosts", name), section, SITE_SECTIONS)


def _below(place: Said, node: Node, rule: Rule) -> Iterator[Said]:
    for key, member in node.members():
        yield from _at(place.at(key), member, rule.of(key))


def _at(place: Said, node: Node, rule: Rule) -> Iterator[Said]:
    if isinstance(node.value, Mapping) and any(node.members()):
        yield from _below(place, node, rule)
    elif rule.key is not None and isinstance(node.value, tuple) and node.value:
        for element in node.items():
            yield from _below(place.at(_told(element, rule)), element, Rule(rule.members))
    else:
        yield place.says(node.plain())


def _told(element: Node, rule: Rule) -> Element:
    paths = rule.key.paths(element) if rule.key is not None else ()
    return Element.by({path: found.value for path in paths if (found := element.at(*path.split(".")))})
