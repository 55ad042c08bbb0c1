"""What install values must say (dcmanager/common/phased_subcloud_deploy.py InstallValuesValidator, in its order)."""

from __future__ import annotations

import json
from typing import Any

from reconciler.simulator.dcmanager import networks
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.dcmanager.reading import ADDRESS, INSTALL, decodable
from reconciler.simulator.tables import Row

MANDATORY = (
    *("bootstrap_interface", "bootstrap_address", "bootstrap_address_prefix", "install_type"),
    *("bmc_username", "bmc_address", "bmc_password"),
)
ON_SITE = ("bootstrap_interface",)
TYPES = range(6)
LEAST = {"persistent_size": (30_000, "MB"), "hw_settle": (0, "seconds")}
FORMATTED = ("bootstrap_address", "bmc_address", "nexthop_gateway", "network_address")


def check(payload: Row, row: Row | None = None) -> None:
    """Refuse, or complete the values in the payload: password, release, image. row: the subcloud that has them already."""
    values = payload.get(INSTALL)
    if not values:
        return
    is_on_site = payload.get("on_site") == "true"
    _check_password(payload, values, is_on_site=is_on_site)
    release = _check_release(payload, values, row)
    _check_numbers(values)
    if "extra_boot_params" in values and values["extra_boot_params"] in ("", None, "None"):
        raise refuse("The install value extra_boot_params must not be empty.")
    for key in ON_SITE if is_on_site else MANDATORY:
        if key not in values:
            raise refuse(f"Mandatory install value {key} not present{_instead(row, key)}")
    if not is_on_site:
        values["image"] = image(release)
        if values["install_type"] not in TYPES:
            raise refuse(f"install_type invalid: {values['install_type']}")
    _check_addresses(payload, values)
    _check_others(values)


def _instead(row: Row | None, key: str) -> str:
    had = json.loads(row["data_install"]) if row and row.get("data_install") else None
    return f", existing {key} in DB: {had.get(key)}" if had else ""


def image(release: str) -> str:
    """Where the centre keeps what a machine is installed with (get_matching_iso)."""
    return f"/opt/dc-vault/software/{release}/starlingx-{release}.iso"


def formatted(payload: Row) -> None:
    values = payload.get(INSTALL) or {}
    for key in FORMATTED:
        if key in values:
            values[key] = networks.normal(str(values[key]))


def _check_password(payload: Row, values: Row, *, is_on_site: bool) -> None:
    if not payload.get("bmc_password"):
        if is_on_site:
            return
        raise refuse("subcloud bmc_password required")
    decodable(payload, "bmc_password")
    values["bmc_password"] = payload["bmc_password"]


def _check_release(payload: Row, values: Row, row: Row | None) -> str:
    current = payload.get("software_version") or (row["software-version"] if row else "")
    said = str(values.setdefault("software_version", current))
    if current and said != current:
        raise refuse(
            f"The software_version value {said} in the install values yaml file does not match with the "
            f"specified/current software version of {current}. Please correct or remove this parameter from the yaml "
            "file and try again."
        )
    return str(current)


def _check_numbers(values: Row) -> None:
    for key, (least, unit) in LEAST.items():
        value: Any = values.get(key, least)
        if not isinstance(value, int):
            raise refuse(f"The install value {key} (in {unit}) must be a whole number greater than or equal to {least}")
        if value < least:
            raise refuse(f"{key} of {value} {unit} is less than {least}")


def _check_addresses(payload: Row, values: Row) -> None:
    values.setdefault("bootstrap_address", payload.get(ADDRESS))
    bootstrap = networks.plain(values, "bootstrap_address")
    for key in ("bmc_address", "nexthop_gateway"):
        if key in values and networks.plain(values, key).version != bootstrap.version:
            raise refuse(f"{key} and bootstrap_address must be the same IP version")
    if "bmc_address" in values and payload.get("external_oam_subnet"):
        [oam, *_] = networks.subnets(payload, "external_oam_subnet", least=1)
        if oam.version != networks.plain(values, "bmc_address").version:
            raise refuse("bmc_address and primary OAM network must be the same IP version")
    if "network_address" in values:
        _check_network(values, bootstrap.version)


def _check_network(values: Row, version: int) -> None:
    if "nexthop_gateway" not in values:
        raise refuse("nexthop_gateway is required when network_address is present")
    if "network_mask" not in values:
        raise refuse("The network mask is required when network address is present")
    whole = {"network address": f"{values['network_address']}/{values['network_mask']}"}
    [network, *_] = networks.subnets(whole, "network address", least=1)
    if network.version != version:
        raise refuse("network address and bootstrap address must be the same IP version")


def _check_others(values: Row) -> None:
    if "rd.net.timeout.ipv6dad" in values and int(values["rd.net.timeout.ipv6dad"]) <= 0:
        raise refuse(f"rd.net.timeout.ipv6dad must be greater than 0: {int(values['rd.net.timeout.ipv6dad'])}")
    if "rvmc_debug_level" in values and int(values["rvmc_debug_level"]) not in range(5):
        raise refuse("rvmc_debug_level must be an integer between 0 and 4.")
