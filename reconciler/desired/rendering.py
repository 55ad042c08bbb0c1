"""A site's merged documents as YAML text again: what upstream would read, without layers, bases and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from reconciler.desired.documents import API_VERSION
from reconciler.desired.files import BOOTSTRAP, INSTALL, SITE
from reconciler.desired.scalars import read_plain
from reconciler.desired.secret_keys import HIDDEN, is_secret
from reconciler.model.site import Site

OF_HOST = frozenset(("name", "match"))


def render_yaml(site: Site, namespace: str = "") -> str:
    """The documents, loadable: each host's composite profile is a HostProfile of the host's name.

    namespace: that a Deployment Manager is to find them in; it is made before them.
    """
    within = {"namespace": namespace} if namespace else {}
    documents: list[Any] = [
        {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name, **within}, "spec": spec}
        for kind, name, spec in _documents(site)
    ]
    made = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}] if namespace else []
    return _dumped([*made, *documents])


def render_values(site: Site) -> Mapping[str, str]:
    """The value files by name, secrets hidden, and what the layers' and the site's own site.yaml say together."""
    files = {INSTALL: site.install_values, BOOTSTRAP: site.bootstrap_values}
    values = {name: _hidden(node.plain()) for name, node in files.items() if node is not None}
    if own := _own(site):
        values[SITE] = own
    return {name: _dumped([value]) for name, value in values.items()}


def _own(site: Site) -> dict[str, Any]:
    system = {"system": site.own_system.plain()} if site.own_system else {}
    hosts = {name: node.plain() for name, node in site.own_hosts.items()}
    secrets = {name: node.plain() for name, node in site.own_secrets.items()}
    return system | ({"hosts": hosts} if hosts else {}) | ({"secrets": secrets} if secrets else {})


def _documents(site: Site) -> Iterator[tuple[str, str, Any]]:
    for kind, named in site.documents.items():
        for name, spec in named.items():
            yield kind, name, spec.plain()
    for name, composite in site.hosts.items():
        plain = composite.plain()
        match = {"match": plain["match"]} if "match" in plain else {}
        yield "HostProfile", name, {key: value for key, value in plain.items() if key not in OF_HOST}
        yield "Host", name, {"profile": name, **match}
    if site.system is not None and site.system_name is not None:
        yield "System", str(site.system_name.value), site.system.plain()


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: HIDDEN if is_secret(key) else _hidden(member) for key, member in value.items()}
    return [_hidden(element) for element in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Quotes what either version of YAML would take for something else than text; repeats instead of aliasing."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def _text(self, text: str) -> yaml.ScalarNode:
        style = '"' if read_plain(text).is_doubtful else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper._text)  # noqa: SLF001 - its own class


def _dumped(documents: list[Any]) -> str:
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, explicit_start=True, allow_unicode=True, width=120)
