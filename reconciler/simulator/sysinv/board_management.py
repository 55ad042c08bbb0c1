"""What sysinv refuses of a board management controller (starlingx/config host.py ``_bm_semantic_check_and_update``).

From that source, but for the PATCH of all four attributes, which is recorded (``host-bm``); otherwise unverified.
Barbican keeps the password: no row has it.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import pools
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

NONE = "none"
PROVISIONED = ["dynamic", "ipmi", "redfish"]
TYPES = [NONE, *PROVISIONED]
COLUMNS = frozenset({"bm_type", "bm_ip", "bm_username"})
MOST_IN_USERNAME = 16


def implied(body: Row) -> str:
    """The type of a new host that was given none."""
    return "dynamic" if body.get("bm_ip") and body.get("bm_username") else NONE


def check(system: System, before: Row, after: Row, said: Row) -> None:
    """Refuse, or return. before and after: the host's row; said: what the request sets."""
    _check_credentials(after, said)
    changed = {name for name in COLUMNS if before.get(name) != after.get(name)}
    if not changed and said.get("bm_password") is None:
        return
    name, kind = after["hostname"], after.get("bm_type")
    if kind not in TYPES:
        raise refuse(f"{name}: Rejected: '{kind}' is not a supported board management type. Must be one of {TYPES}")
    if kind == NONE:
        _check_absent(before, name)
        return
    if not after.get("bm_username"):
        raise refuse(f"{name}: Rejected: Board Management controller username is not configured.")
    if after.get("bm_ip") and before.get("bm_ip") != after["bm_ip"]:
        _check_address(system, name, str(after["bm_ip"]))
    _check_user_change(before, after, said)


def _check_credentials(host: Row, said: Row) -> None:
    name, username, password = host["hostname"], said.get("bm_username"), said.get("bm_password")
    username_is = f"{name}: Rejected: Board management controller username is not valid."
    if username and len(username) > MOST_IN_USERNAME:
        raise refuse(f"{username_is} Cannot be longer than 16 characters.")
    if username and _has_blank(username):
        raise refuse(f"{username_is} Whitespace characters are not permitted.")
    if password and not username:
        raise refuse(
            f"{name} Rejected: Board management controller password change attempt without corresponding username."
        )
    if password and _has_blank(password):
        raise refuse(
            f"{name}: Rejected: Board management controller password is not valid."
            " Whitespace characters are not permitted."
        )


def _check_absent(before: Row, name: str) -> None:
    """What is not provisioned has nothing to be set; that it is taken away is another thing."""
    if before.get("bm_type") == NONE:
        raise refuse(
            f"{name}: Rejected: Board Management controller Type is not provisioned.  Provisionable values:"
            f" '{PROVISIONED}'."
        )


def _check_address(system: System, name: str, address: str) -> None:
    try:
        version = ip_address(address).version
    except ValueError:
        raise refuse(f"{name}: Rejected: Board Management controller IP Address is not valid.") from None
    network = system.tables.first("networks", type="oam")
    if network is None:
        raise refuse("Rejected: OAM network does not exist.")
    if pools.pools_of(system, network)[0]["family"] != version:
        raise refuse(
            "Rejected: Board Management controller IP address must be the same version as OAM primary address."
        )


def _check_user_change(before: Row, after: Row, said: Row) -> None:
    old, new = before.get("bm_username"), after.get("bm_username")
    if old and new and old != new and said.get("bm_password") is None:
        raise refuse(
            f"{after['hostname']} Rejected: username change attempt from {old} to {new} without corresponding password."
        )


def check_taken(system: System, body: Row) -> None:
    """Only a host that is added is held against the others; a PATCH takes their address too (recorded)."""
    address = body.get("bm_ip")
    if address and any(host["bm_ip"] == address for host in system.hosts()):
        raise refuse(f"Host-add Rejected: bm_ip {address} already exists")


def _has_blank(text: Any) -> bool:
    return any(letter.isspace() for letter in str(text))
