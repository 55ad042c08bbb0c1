"""A merged site taken apart: every value at its place, places told apart as a merge tells them. The inverse of reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from reconciler.desired.files import SITE
from reconciler.desired.merge import PLAIN, KeyOf, Rule
from reconciler.desired.rules import HOST, SPEC_RULES
from reconciler.model.node import Node
from reconciler.model.said import Element, Said, Step
from reconciler.model.site import Site

_Path: TypeAlias = tuple[Step, ...]


def said(site: Site) -> Iterator[Said]:
    """What Git says of a site, value by value; what is said of equal sites is equal, whatever stands where.

    Each document says first that it is there, the System with its name for a value. Values are plain; lists without a
    key are whole. The order of elements is not told: a merge has none.
    """
    if site.system is not None and site.system_name is not None:
        yield Said("System", "", (), site.system_name.value)
        yield from _all("System", "", _below((), site.system, SPEC_RULES["System"]))
    for kind, documents in site.documents.items():
        for name, spec in documents.items():
            yield Said(kind, name)
            yield from _all(kind, name, _below((), spec, SPEC_RULES.get(kind, PLAIN)))
    for name, composite in site.hosts.items():
        yield Said("Host", name)
        members = {key: node for key, node in composite.members() if key != "name"}
        yield from _all("Host", name, _below((), Node(members, composite.origin), HOST))
    if site.own_system is not None:
        yield from _all(SITE, "", _at(("system",), site.own_system, PLAIN))
    for section, named in (("hosts", site.own_hosts), ("secrets", site.own_secrets)):
        for name, node in named.items():
            yield from _all(SITE, "", _at((section, name), node, PLAIN))


def _all(kind: str, name: str, values: Iterable[tuple[_Path, Any]]) -> Iterator[Said]:
    return (Said(kind, name, path, value) for path, value in values)


def _below(path: _Path, node: Node, rule: Rule) -> Iterator[tuple[_Path, Any]]:
    for key, member in node.members():
        yield from _at((*path, key), member, rule.of(key))


def _at(path: _Path, node: Node, rule: Rule) -> Iterator[tuple[_Path, Any]]:
    if isinstance(node.value, Mapping) and any(True for _ in node.members()):
        yield from _below(path, node, rule)
    elif rule.key is not None and isinstance(node.value, tuple) and node.value:
        for element in node.items():
            yield from _below((*path, _told(element, rule.key)), element, Rule(rule.members))
    else:
        yield path, node.plain()


def _told(element: Node, key: KeyOf) -> Element:
    return Element.by({path: found.value for path in key.paths(element) if (found := element.at(*path.split(".")))})
