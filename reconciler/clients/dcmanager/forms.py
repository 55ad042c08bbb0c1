"""Orders as the bodies that dcmanager takes: forms for subclouds, JSON for the rest. Pure.

Names of parts are those of dcmanager/api/controllers/v1: `bootstrap-address` where a subcloud is added or deployed,
`bootstrap_address` in a PATCH; booleans are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.multipart import File, InBase64, Multipart, Part
from reconciler.model.secret import SecretRef
from reconciler.model.strategy_orders import StrategyOrder
from reconciler.model.subcloud_orders import (
    Amendment,
    Backup,
    NetworkMove,
    Order,
    Prestage,
    Restore,
    ValueFiles,
    Way,
)

_WAYS = {Way.ENROLL: "enroll", Way.REHOME: "migrate"}


def addition(order: Order) -> Multipart:
    """A new subcloud, in one go or its first phase."""
    way = _WAYS.get(order.way)
    return Multipart(_parts(order) | ({way: "true"} if way else {}))


def phase(order: Order) -> Multipart:
    """A phase of a deployment, or a redeployment. A form is never empty: an empty body is refused (recorded)."""
    return Multipart(_parts(order) or {"resume": ""})


def amendment(said: Amendment) -> Multipart:
    """Only what is said; `bootstrap_values` are kept for a rehoming and bootstrap nothing."""
    words = {
        "description": said.description,
        "location": said.location,
        "group_id": said.group,
        "peer_group": said.peer_group,
        "bootstrap_address": said.bootstrap_address or None,
    }
    named = {name: text for name, text in words.items() if text is not None}
    return Multipart(named | _files(said.files) | _passwords(bmc_password=said.board))


def management(state: str, *, force: bool) -> Multipart:
    return Multipart({"management-state": state} | ({"force": "true"} if force else {}))


def rename(name: str) -> Multipart:
    return Multipart({"name": name})


def move(said: NetworkMove) -> Multipart:
    """The four names differ from those of the row that they change."""
    own = said.addresses
    parts: dict[str, Part] = {
        "management_subnet": own.subnet,
        "management_gateway_ip": own.gateway,
        "management_start_ip": own.start,
        "management_end_ip": own.end,
        "bootstrap_address": said.bootstrap_address,
    }
    return Multipart(parts | _passwords(sysadmin_password=said.sysadmin))


def prestage(said: Prestage) -> Mapping[str, Any]:
    kind = "for_install" if said.for_install else "for_sw_deploy"
    own = {"release": said.release, kind: "true", "force": _text(is_true=said.force)}
    return own | _passwords(sysadmin_password=said.sysadmin)


def backup(name: str, said: Backup) -> Mapping[str, Any]:
    flags = {"local_only": _text(is_true=said.local_only), "registry_images": _text(is_true=said.registry_images)}
    wanted = flags if said.local_only else {"local_only": "false"}
    values = {"backup_values": dict(said.values)} if said.values else {}
    return {"subcloud": name, **wanted, **values} | _passwords(sysadmin_password=said.sysadmin)


def restore(name: str, said: Restore) -> Mapping[str, Any]:
    own = {"with_install": _text(is_true=said.installs), "local_only": _text(is_true=said.local_only)}
    images = {"registry_images": _text(is_true=said.registry_images)} if said.local_only else {}
    release = {"release": said.release} if said.release else {}
    values = {"restore_values": dict(said.values)} if said.values else {}
    return {"subcloud": name, **own, **images, **release, **values} | _passwords(sysadmin_password=said.sysadmin)


def strategy(order: StrategyOrder) -> Mapping[str, Any]:
    """Every value as text: true is refused where "true" is meant (recorded)."""
    said: dict[str, Any] = {"type": order.type.value, "stop-on-failure": _text(is_true=order.stop_on_failure)}
    if order.subcloud:
        said["cloud_name"] = order.subcloud
    if order.group:
        said["subcloud_group"] = order.group
    else:
        said["subcloud-apply-type"] = "serial" if order.serially else "parallel"
        said |= {"max-parallel-subclouds": str(order.at_once)} if order.at_once else {}
    said |= {"force": "true"} if order.force else {}
    return said | dict(order.options) | _passwords(sysadmin_password=order.sysadmin)


def _parts(order: Order) -> dict[str, Part]:
    words = {
        "bootstrap-address": order.bootstrap_address,
        "release": order.release,
        "group_id": str(order.group_id) if order.group_id is not None else "",
    }
    passwords = _passwords(sysadmin_password=order.sysadmin, bmc_password=order.board)
    return {name: text for name, text in words.items() if text} | _files(order.files) | passwords


def _files(files: ValueFiles) -> dict[str, Part]:
    found = {
        "bootstrap_values": File("bootstrap-values.yaml", files.bootstrap),
        "install_values": File("install-values.yaml", files.install),
        "deploy_config": File("deployment-config.yaml", files.deployment),
    }
    return {name: file for name, file in found.items() if file.content}


def _passwords(**named: SecretRef | None) -> dict[str, Part]:
    return {name: InBase64(secret) for name, secret in named.items() if secret is not None}


def _text(*, is_true: bool) -> str:
    return "true" if is_true else "false"
