"""A host's board management controller: how it is reached, with which credentials, and the power that it switches.

The platform shows everything of it but the password, which it keeps in Barbican (sysinv host.py
_bm_semantic_check_and_update). So type, address and user are compared; a password is sent along with whichever of them
changes, and a new password alone is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import _addresses as addresses
from reconciler.kinds._own import SITE
from reconciler.model.host import HostState
from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.rows import Row
from reconciler.model.rule import Rule
from reconciler.model.said import Said
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site

NONE = "none"
TYPES = ("dynamic", "ipmi", "redfish", NONE)  # sysinv common/constants.py HOST_BM_VALID_TYPE_LIST
NAMES = frozenset({"bm_type", "bm_address", "bm_username"})  # of the host's attributes, what can be read
SECRET = ("boardManagement", "credentials", "password", "secret")
NO_CONTROLLER = "powerOn takes a board management controller, and Git says none: describe it in boardManagement"
MOST_IN_USERNAME = 16  # sysinv host.py _bm_username_semantic_check
FORGOTTEN = Rule("no-controller", "With the type `none` the platform forgets address and user of the controller.")


@dataclass(frozen=True, slots=True)
class Controller:
    """What one side says of it. secret: the name that documents give its credentials; password: where that is."""

    type: str = ""
    address: str = ""
    username: str = ""
    password: str = ""
    secret: str = ""

    @property
    def is_there(self) -> bool:
        return self.type not in {"", NONE}

    def body(self) -> Mapping[str, Any]:
        """All that is said of it: a password is taken together with its user only."""
        if self.type == NONE:
            return {"bm_type": NONE}
        shown = {"bm_type": self.type, "bm_ip": self.address, "bm_username": self.username}
        hidden = {"bm_password": SecretRef(self.password)} if self.username and self.password else {}
        return {name: value for name, value in shown.items() if value} | hidden


ABSENT = Controller()


def places(site: Site, profile: Node) -> Mapping[str, str | Node | None]:
    """Attribute -> where Git says it: site.yaml tells what the secret that a profile names stands for."""
    named = site.own_secrets.get(profile.text(*SECRET))
    return {
        "bm_type": "boardManagement.type",
        "bm_address": "boardManagement.address",
        "bm_secret": ".".join(SECRET),
        "bm_username": named.get("username") if named else None,
        "bm_password": named.get("secretRef") if named else None,
        "power_on": "powerOn",
    }


def read(row: Row) -> Mapping[str, Any]:
    """The attributes that a host's row shows."""
    address, username = row.get("bm_ip") or None, row.get("bm_username") or None
    return {
        "bm_type": row.get("bm_type") or NONE,
        "bm_address": address,
        "bm_username": username,
        "power_on": is_on(str(row.get("availability") or ""), str(row.get("task") or "")),
    }


def express(controller: Controller, place: Said, site: str) -> Iterator[Said]:
    """Whose password it is, and where that is: known to Git, or a reference that a person fills."""
    if not (controller.is_there and controller.username):
        return
    secret = controller.secret or f"bm-{place.name}"
    yield place.member(".".join(SECRET)).says(secret)
    said = Said(SITE, "", ("secrets", secret))
    yield said.at("username").says(controller.username)
    yield said.at("secretRef").says(controller.password or _usual_reference(site, place.name))


def withheld(controller: Controller, host: str, site: str) -> str:
    """What is to be filled in before the platform can be told anything of it."""
    if not (controller.is_there and controller.username) or controller.password:
        return ""
    where = _usual_reference(site, host)
    return f"the password of its board management is not read: give it in {where}, or say in site.yaml where it is"


def _usual_reference(site: str, host: str) -> str:
    return "env:" + re.sub(r"\W", "_", f"BM_{site}_{host}").upper()


def is_on(availability: str, task: str) -> bool:
    """Only a host whose power was switched off by the platform is known to be off (availability `power-off`)."""
    doing = task.lower().replace("-", " ")
    if availability == "power-off":
        return doing.startswith("powering on")
    return not doing.startswith("powering off")


def why_not(host: str, want: Controller, have: Controller, context: Context) -> str:
    """Why the controller cannot be set to what Git says; "" if it can (sysinv host.py _bm_semantic_check_and_update)."""
    if want.type and want.type not in TYPES:
        return f"the platform knows no board management of type {want.type}: say {', '.join(TYPES[:-1])} or {NONE}"
    if want.type == NONE or not (want.is_there or have.is_there):
        return ""
    return _why_no_user(want, have) or _why_no_address(host, want.address, context)


def _why_no_user(want: Controller, have: Controller) -> str:
    username = want.username or have.username
    if not username and want.secret:
        return (
            f"boardManagement.credentials names the secret {want.secret}, and site.yaml does not say whose password it "
            f"is: say secrets.{want.secret}.username there"
        )
    if not username:
        return "the platform takes no board management without a user: name its secret in boardManagement.credentials"
    if len(username) > MOST_IN_USERNAME or re.search(r"\s", username):
        return f"a user of board management has {MOST_IN_USERNAME} characters at most, and no blanks"
    if have.username and username != have.username and not want.password:
        return f"another user than {have.username} is taken with its password only: say where that is"
    return ""


def _why_no_address(host: str, address: str, context: Context) -> str:
    if not address:
        return ""
    taken = {
        key.name: other.spec.bm_address
        for seen in (context.desired, context.observed)
        for key, other in seen.resources.items()
        if key.kind == "host" and key.name != host and other.spec.bm_address
    }
    mine = addresses.canonical(address)
    holder = next((name for name, other in sorted(taken.items()) if addresses.canonical(other) == mine), "")
    if holder:
        return f"its board management address {address} is that of {holder}: correct one of them"
    pools = [key.name for key in context.observed.resources if key.kind == "network-address-pool"]
    families = {name.partition("/")[2] for name in pools if name.startswith("oam/")}
    if families and addresses.family(mine) not in families:
        return f"its board management address {address} is of another family than the OAM network"
    return ""


def why_not_switched(on: bool, host: HostState, controller: Controller, context: Context) -> str:
    """Why the power cannot be switched; "" if it can (sysinv host.py check_poweron, check_poweroff)."""
    if context.system.is_simplex:
        return "the host of a simplex system is switched on and off by hand only"
    if not controller.is_there:
        return NO_CONTROLLER
    if host.administrative != "locked" or host.task:
        word = "on" if on else "off"
        return f"{host.name} is {host.in_words}: it is switched {word} only while it is locked, administrativeState: locked"
    return ""
