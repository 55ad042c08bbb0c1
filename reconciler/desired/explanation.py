"""Where every final value of a site was written: `stxr render SITE --explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.desired.paths import LAYERS
from reconciler.desired.scalars import Substituted, spelled
from reconciler.desired.secret_keys import HIDDEN, is_below_secret
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Site


@dataclass(frozen=True, slots=True)
class Explained:
    """One final value. subject: the document. given: where the value of `${name}` was given, if that is what it is."""

    subject: str
    path: str
    value: str
    origin: Origin
    given: Origin | None = None

    @property
    def layer(self) -> str:
        """The layer that said it; "" for the site's own folder."""
        return self.origin.file.removeprefix(LAYERS).split("/")[0] if self.origin.file.startswith(LAYERS) else ""

    def __str__(self) -> str:
        where = [self.origin.exact, f"layer {self.layer}" if self.layer else ""]
        given = f"value given at {self.given.exact}" if self.given else ""
        return f"{self.subject}: {self.path} = {self.value}  # {', '.join(filter(None, (*where, given)))}"


def explained(site: Site) -> Iterator[Explained]:
    """Every scalar, and every empty list or mapping, of the merged documents, document by document."""
    for subject, node in _documents(site):
        for path, keys, scalar in _leaves(node, "", ()):
            value = HIDDEN if is_value_file(subject) and is_below_secret(keys) else _text(scalar)
            given = scalar.given.origin if isinstance(scalar, Substituted) else None
            yield Explained(subject, path, value, scalar.origin, given)


def explain(site: Site) -> Iterator[str]:
    """`explained` as lines of text."""
    return map(str, explained(site))


def is_value_file(subject: str) -> bool:
    """Variables of playbooks may be secrets; the keys of documents only name them."""
    return subject in {"install-values", "bootstrap-values"}


def _documents(site: Site) -> Iterator[tuple[str, Node]]:
    if site.system is not None:
        yield f"System {site.system_name.value if site.system_name else ''}".rstrip(), site.system
    for host, composite in site.hosts.items():
        yield f"Host {host}", composite
    for kind, documents in site.documents.items():
        for name, spec in documents.items():
            yield f"{kind} {name}", spec
    for section, said in (
        ("system", site.own_system),
        *((f"hosts.{host}", node) for host, node in site.own_hosts.items()),
        *((f"secrets.{name}", node) for name, node in site.own_secrets.items()),
    ):
        if said is not None:
            yield f"site.yaml {section}", said
    for name, values in (("install-values", site.install_values), ("bootstrap-values", site.bootstrap_values)):
        if values is not None:
            yield name, values


def _leaves(node: Node, path: str, keys: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Node]]:
    if isinstance(node.value, Mapping) and node.value:
        for key, member in node.members():
            yield from _leaves(member, f"{path}.{key}".lstrip("."), (*keys, key))
    elif isinstance(node.value, tuple) and node.value:
        for index, element in enumerate(node.value):
            yield from _leaves(element, f"{path}[{element.text('name') or index}]", keys)
    else:
        yield path, keys, node


def _text(node: Node) -> str:
    if isinstance(node.value, Mapping | tuple):
        return "{}" if isinstance(node.value, Mapping) else "[]"
    return f'"{node.value}"' if isinstance(node.value, str) else spelled(node.value)
