"""Where site.yaml says what the custom resources cannot, and the one row of the system that most of it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import ResourceKey
from reconciler.model.said import Said
from reconciler.model.site import Site

SITE = "site.yaml"
ISYSTEMS = "/v1/isystems"
BY_REFERENCE = (
    "what it is made of is a file that nobody reads from a site: put it where the controller can read it, name it in the "
    "System document, and say where it is under `secrets` of site.yaml"
)


def system(site: Site, *path: str) -> Node | None:
    """What site.yaml says of the system, at a path."""
    return site.own_system.at(*path) if site.own_system else None


def secret(site: Site, named: Node | None) -> Node | None:
    """Where site.yaml says that a secret is which a document names."""
    return site.own_secrets.get(str(named.value)) if named else None


def host(site: Site, name: str, *path: str) -> Node | None:
    """What site.yaml says of a host, at a path."""
    said = site.own_hosts.get(name)
    return said.at(*path) if said else None


def host_place(name: str, *path: str) -> Said:
    """The place of a value below a host of site.yaml."""
    return Said(SITE, "", ("hosts", name, *path))


def place(*path: str) -> Said:
    """The place of a value below `system` of site.yaml."""
    return Said(SITE, "", ("system", *path))


def system_patch(values: Mapping[str, Any]) -> Call:
    """A PATCH of the system's row.

    Attributes that live in its capabilities go alone: sysinv takes them out of the list that it walks, and misses the
    one that follows (api/controllers/v1/system.py patch).
    """
    key = ResourceKey("system", "")
    return Call("PATCH", f"{ISYSTEMS}/{{uuid}}", replacing(values), refs={"uuid": Ref(key)})
