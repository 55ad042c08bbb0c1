"""What dcmanager has beside its subclouds: where Git says it, and how it is asked for. Of the system controller's site."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from reconciler.model.change import Change
from reconciler.model.node import Node
from reconciler.model.plan import Call, Method
from reconciler.model.site import Site
from reconciler.model.words import Action, Service

GROUPS = "/v1.0/subcloud-groups"
OPTIONS = "/v1.0/sw-update-options"
PEERS = "/v1.0/system-peers"
PEER_GROUPS = "/v1.0/subcloud-peer-groups"
ASSOCIATIONS = "/v1.0/peer-group-associations"
ALL = "SystemController"  # whose options are those of all subclouds without their own


def members(site: Site, name: str) -> Iterator[tuple[str, Node]]:
    """What fleet.yaml says under a name of `central`, by key."""
    said = site.central.get(name) if site.central else None
    if said:
        yield from said.members()


def call(method: Method, path: str, body: Mapping[str, Any] | None = None, **facts: Any) -> Call:
    return Call(method, path, body, service=Service.DCMANAGER, **facts)


def by_name(
    path: str, change: Change[Any], called: str, body: Callable[[Any, Collection[str]], Mapping[str, Any]]
) -> Call:
    """What is known by its name: taken away, made with all that is said of it, or changed in what differs.

    called: how a body says the name. body: what else is said, of these attributes.
    """
    own = one(path, change.spec.name)
    if change.action is Action.DELETE:
        return call("DELETE", own)
    if change.action is Action.CREATE:
        return call("POST", path, {called: change.want.name, **body(change.want, type(change.want).model_fields)})
    return call("PATCH", own, body(change.want, change.names))


def one(path: str, name: str) -> str:
    """The path of an object by its name, which may have blanks."""
    return f"{path}/{quote(name, safe='')}"
