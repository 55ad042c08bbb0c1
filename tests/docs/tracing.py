"""Which attribute of which kind a value of a document comes to: found by changing the value and declaring anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.desired import attributes, load_site
from reconciler.kinds import registry
from reconciler.model.errors import ReconcilerError
from reconciler.model.node import Node
from reconciler.model.resource import Resource
from reconciler.model.site import Site, SiteFiles

EVERYTHING = Path(__file__).with_name("everything.yaml")
RENAMED = "Host.metadata.name"
FREE_KEYS = {"HostProfile.spec.labels", "PtpInstance.spec.parameters"}  # the author's own

CHOICES = {one.path: one.choices for one in attributes()}


class Found(NamedTuple):
    """`kind` made its `attribute` of the value at `path`; "" where it made another number of resources of it."""

    path: str
    kind: str
    attribute: str


def everything(*, backend: bytes = b"ceph-rook") -> Site:
    """The site whose documents say every attribute; a site has one type of Ceph at most."""
    text = EVERYTHING.read_bytes().replace(b"type: ceph-rook", b"type: " + backend)
    return load_site(SiteFiles("all", "", "", {"subclouds/all/deployment-config.yaml": text}))


def said_paths(site: Site) -> set[str]:
    """Every value that the site says, by its path; elements of lists have the path of the list."""
    return {path for path, _, _ in _values(site)}


def traced(site: Site, below: str = "") -> set[Found]:
    """Where each value of the site goes, or each one below a path.

    A value that a kind refuses to take otherwise tells nothing.
    """
    found: set[Found] = set()
    usual = {name: _declared(name, site) for name in registry()}
    for path, _, others in (value for value in _values(site) if value[0].startswith(below)):
        for changed in others:
            for name, before in usual.items():
                found |= {Found(path, name, attribute) for attribute in _differing(before, _declared(name, changed))}
    return found


def _declared(kind: str, site: Site) -> list[Resource[Any]] | None:
    try:
        return list(registry()[kind].declare(site))
    except (ReconcilerError, ValueError):
        return None


def _differing(before: list[Resource[Any]] | None, after: list[Resource[Any]] | None) -> Iterator[str]:
    if before is None or after is None:
        return
    if len(before) != len(after):
        yield ""
    for one, other in zip(before, after, strict=False):
        names = one.spec.model_fields_set | other.spec.model_fields_set
        yield from (n for n in names if getattr(one.spec, n) != getattr(other.spec, n))


# (path, value, sites that have another value in its place)
Value = tuple[str, Node, Iterator[Site]]


def _values(site: Site) -> Iterator[Value]:
    for path, node, others in _nodes("System.spec", site.system):
        yield path, node, (replace(site, system=n) for n in others)
    for path, node, others in _nodes("System.metadata.name", site.system_name):
        yield path, node, (replace(site, system_name=n) for n in others)
    for host, profile in site.hosts.items():
        yield from _of_host(site, host, profile)
    for kind, documents in site.documents.items():
        for name, document in documents.items():
            renamed = {f"{name}x" if n == name else n: d for n, d in documents.items()}
            yield f"{kind}.metadata.name", document, iter([_with_documents(site, kind, renamed)])
            for path, node, others in _nodes(f"{kind}.spec", document):
                yield path, node, (_with_documents(site, kind, {**documents, name: n}) for n in others)


def _of_host(site: Site, host: str, profile: Node) -> Iterator[Value]:
    yield RENAMED, profile, iter([replace(site, hosts={f"{h}x" if h == host else h: p for h, p in site.hosts.items()})])
    for path, node, others in _nodes("HostProfile.spec", profile):
        of_host = path.replace("HostProfile.spec.match", "Host.spec.match").replace("HostProfile.spec.name", RENAMED)
        yield of_host, node, (replace(site, hosts={**site.hosts, host: n}) for n in others)


def _with_documents(site: Site, kind: str, documents: Mapping[str, Node]) -> Site:
    return replace(site, documents={**site.documents, kind: documents})


def _nodes(path: str, node: Node | None) -> Iterator[tuple[str, Node, Iterator[Node]]]:
    """Every scalar below a node, with the nodes that differ from this one there alone."""
    if node is None:
        return
    if isinstance(node.value, Mapping):
        for key, member in node.value.items():
            below = path if path in FREE_KEYS else f"{path}.{key}"
            if path in FREE_KEYS:
                renamed = {f"{k}x" if k == key else k: n for k, n in node.value.items()}
                yield path, member, iter([Node(renamed, node.origin)])
            for where, found, others in _nodes(below, member):
                yield where, found, (Node({**node.value, key: n}, node.origin) for n in others)
    elif isinstance(node.value, tuple):
        for i, element in enumerate(node.value):
            for where, found, others in _nodes(path, element):
                yield where, found, (Node((*node.value[:i], n, *node.value[i + 1 :]), node.origin) for n in others)
    else:
        yield path, node, (Node(value, node.origin) for value in _others(node.value, CHOICES.get(path, ())))


def _others(value: object, choices: Iterable[str]) -> Iterator[Any]:
    """Values of the same form that a kind may take instead, and none at all."""
    yield None
    yield from choices
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield from (f"{value}x", _next(value), "10.9.9.9", "fd09::9")


def _next(text: str) -> str:
    """The same text with another last digit: another address, number or name."""
    i = max((i for i, letter in enumerate(text) if letter.isdigit()), default=None)
    return text if i is None else text[:i] + str((int(text[i]) + 1) % 10) + text[i + 1 :]
