"""What the kinds of a host's board management controller share: where site.yaml says it, and what a reset takes up.

A setting that waits for a reset is in force once its host has booted. A host that is locked boots when it is unlocked, so
what waits there counts; of one in service only what is in force does. All of them are therefore changed while the host is locked: whether they were right shows at once,
under the eyes of who asked for it, and not at the next loss of power.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.plan import Call
from reconciler.model.rows import Row, Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.words import Action, Disruption, Service

SECTION = "board"
SITE = "site.yaml"
COSTS = (
    "The host is locked, told, and unlocked: it boots with the new setting. Until then the setting waits in the controller, "
    "where `stxr board` shows it as pending."
)
SOURCES = (
    "openstack/sushy sushy/resources/system/bios.py, secure_boot.py",
    "ansible-collections/community.general plugins/module_utils/redfish_utils.py",
    "not verified against hardware",
)


def path(host: str, part: str) -> str:
    """Of a part of a host's controller, as engine.board_service takes it."""
    return f"/boards/{host}/{part}"


def said(site: Site, *where: str) -> Iterator[tuple[str, Node]]:
    """(host, what site.yaml says below its `board`)."""
    for host, section in site.own_hosts.items():
        if node := section.at(SECTION, *where):
            yield host, node


def place(host: str, *where: str) -> Said:
    """The place of a value below a host's `board` in site.yaml."""
    return Said(SITE, "", ("hosts", host, SECTION, *where))


def listed(rows: Rows, collection: str) -> Iterator[tuple[str, Row]]:
    """(host, row) of what the hosts' controllers were asked for."""
    for row in rows.all(collection):
        if row["hostname"] in rows.system.hosts:
            yield row["hostname"], row


def counting(rows: Rows, host: str, now: Any, waiting: Any) -> Any:
    """What is in force; of a host that is about to boot, what waits for that. None: the controller does not say."""
    is_to_boot = rows.system.hosts[host].administrative == "locked"
    return waiting if waiting is not None and (is_to_boot or now is None) else now


def call(host: str, part: str, body: Mapping[str, Any]) -> Call:
    return Call("PATCH", path(host, part), body, service=Service.REDFISH)


def disruption(change: Change[Any], context: Context) -> Disruption:
    """A host that never was in service boots anyway before it is."""
    host = context.system.hosts.get(change.key.host)
    return Disruption.REBOOT if host and host.is_provisioned else Disruption.NONE


def not_there(change: Change[Any], context: Context, what: str) -> str:
    """Why a setting cannot be made: nobody makes new ones, a controller has those that its maker gave it."""
    if change.action is Action.CREATE and change.key.host in context.system.hosts:
        return (
            f"the controller of {change.key.host} has no {what}: correct it in site.yaml; stxr board shows what it has"
        )
    return ""
