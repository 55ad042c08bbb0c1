"""A site's value files as dcmanager is given them: merged, substituted, with references where secrets stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.desired.rendering import render_yaml
from reconciler.model.node import Node
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.subcloud_orders import ValueFiles

REFERENCE = "secretRef"
NAMESPACE = "deployment"


def deployment_documents(site: Site) -> str:
    """What a site's Deployment Manager is to be given, in the namespace where the site's VIM looks for it.

    Secrets that the documents name are not in it: their values are dropped when a site is read. starlingx/nfv
    nfv-plugins/.../clients/kubernetes_client.py has the namespace fixed.
    """
    return render_yaml(site, NAMESPACE)


def value_files(site: Site, deployment: str = "") -> ValueFiles:
    """The files of a site that was read. deployment: its documents, where a Deployment Manager is to have them.

    What keeps them from being deployed is told by `undeployable`, and not here.
    """
    return ValueFiles(_mapping(site.bootstrap_values), _mapping(site.install_values), deployment)


def _mapping(values: Node | None) -> Mapping[str, Any]:
    """Without what is null, which says nothing, as an absent key does."""
    return {key: _value(node) for key, node in values.members()} if values else {}


def _value(node: Node) -> Any:
    if isinstance(node.value, Mapping):
        reference = node.get(REFERENCE)
        is_reference = reference is not None and len(node.value) == 1
        return SecretRef(str(reference.value)) if is_reference and reference else _mapping(node)
    return [_value(each) for each in node.items()] if isinstance(node.value, tuple) else node.value
