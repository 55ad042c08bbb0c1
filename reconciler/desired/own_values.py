"""site.yaml in two parts: how the site is treated, and what it says of system, hosts and secrets, which layers may too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from reconciler.desired.findings import Findings
from reconciler.model.node import Node

SECTIONS = frozenset(("system", "hosts", "secrets"))
PROFILES = "profiles/"


def head(root: Node) -> Node:
    """The file without its sections: what the site alone says, before any `${name}` is substituted."""
    return _kept(root, lambda key: key not in SECTIONS)


def sections(root: Node) -> Node:
    """The sections alone, to be merged with those of other layers."""
    return _kept(root, SECTIONS.__contains__)


def own_hosts(own: Node | None, hosts: Collection[str], findings: Findings) -> Mapping[str, Node]:
    """What is said by hostname. A layer may speak of hosts that a site does not have; the site itself may not."""
    said = own.get("hosts") if own else None
    found: dict[str, Node] = {}
    for host, section in said.members() if said else ():
        if host in hosts:
            found[host] = section
        elif not section.origin.file.startswith(PROFILES):
            message = f"site: hosts.{host}: there is no Host document of this name: correct it, or describe the host"
            findings.refuse(message, section.origin)
    return found


def _kept(root: Node, is_kept: Callable[[str], bool]) -> Node:
    members = root.value if isinstance(root.value, Mapping) else {}
    return Node({key: node for key, node in members.items() if is_kept(key)}, root.origin)
