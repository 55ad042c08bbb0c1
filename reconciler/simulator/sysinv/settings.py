"""Settings with one row each: DNS, NTP, remote logging, OAM addresses, and the retired PTP mode.

starlingx/config api/controllers/v1/dns.py, ntp.py, remotelogging.py, network_oam.py, ptp.py.

The apply trap (sysinv-api.md 2): a new value is stored whatever ``/action`` says, but DNS, NTP and DRBD reach the hosts
only where the value changes and ``/action`` is ``apply`` in the same PATCH.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import boolean, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations, unknown_attribute
from reconciler.simulator.sysinv import config, pools
from reconciler.simulator.tables import Row
from reconciler.simulator.views import one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("settings")

MAX_SERVERS = 3
_HOSTNAME = re.compile(r"^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?$")

DNS = family.collection(
    Collection(
        "idns", key="idnss", columns="uuid nameservers isystem_uuid created_at updated_at", more="forisystemid action"
    )
)
NTP = family.collection(
    Collection(
        "intp", key="intps", columns="uuid ntpservers isystem_uuid created_at updated_at", more="forisystemid action"
    )
)
PTP = family.collection(
    Collection("ptp", key="ptps", columns="uuid mode transport mechanism isystem_uuid created_at updated_at")
)
REMOTE_LOGGING = family.collection(
    Collection(
        "remotelogging",
        key="remoteloggings",
        columns="uuid ip_address enabled transport port key_file isystem_uuid created_at updated_at",
        more="action",
    )
)
OAM = family.collection(
    Collection(
        "iextoam",
        key="iextoams",
        columns="uuid oam_subnet oam_gateway_ip oam_floating_ip oam_c0_ip oam_c1_ip oam_start_ip oam_end_ip"
        " region_config isystem_uuid created_at updated_at",
        more="forisystemid action",
        derive=lambda system, _row: _oam(system),
    )
)


@family.after_load
def number_system(system: System) -> None:
    for collection in (DNS, NTP, OAM):
        for row in system.tables.rows(collection.table_name):
            system.tables.update(collection.table_name, row["uuid"], {"forisystemid": 1})


Check = Callable[["System", Row], Row]


@dataclass(frozen=True)
class Setting:
    """``trapped``: only a changed value together with the action reaches the hosts. ``always``: any PATCH does."""

    collection: Collection
    check: Check
    reboot: bool = False
    trapped: bool = True
    always: bool = False


def patched(system: System, call: Call, setting: Setting) -> Row:
    """The row after the PATCH, and the hosts on their way if it reaches them."""
    table = setting.collection.table_name
    row = one(system, setting.collection, uuid_argument("uuid", call["uuid"]))
    operations = typed_operations(call.body)
    unknown_attribute(operations, {**row, "action": None})
    changes = replaced(operations)
    action = changes.pop("action", None)
    changes = setting.check(system, {**row, **changes} if changes else {})
    changed = {name: value for name, value in changes.items() if row.get(name) != value and name != "updated_at"}
    if changed:
        row = system.update(table, row["uuid"], **changed)
    is_due = setting.always or (action == "apply" and (changed or not setting.trapped))
    if is_due and config.is_handed_on(system):
        _apply(system, setting)
    return shown(system, setting.collection, row, call)


def _apply(system: System, setting: Setting) -> None:
    if setting.collection is OAM:
        config.apply_oam(system)
    else:
        config.mark_out_of_date(system, config.controllers(system), reboot=setting.reboot)


# ---- DNS


def _check_dns(system: System, wanted: Row) -> Row:
    if not wanted:
        return {}
    servers = [item.strip() for item in str(wanted["nameservers"]).split(",") if item.strip() not in ("", "NC")]
    for server in servers:
        _check_nameserver(system, server)
    _check_count("DNS nameservers", servers)
    return {"nameservers": ",".join(servers)}


def _check_nameserver(system: System, server: str) -> None:
    try:
        version = ip_address(server).version
    except ValueError:
        raise refuse(f"Invalid DNS nameserver target address {server} Please configure a valid DNS address.") from None
    families = _oam_families(system)
    if families and version not in families:
        raise refuse(f"IP version mismatch: was expecting IPv{families[0]}, IPv{version} received")


def _oam_families(system: System) -> list[int]:
    network = system.tables.first("networks", type="oam")
    return [pool["family"] for pool in pools.pools_of(system, network)] if network else []


def _check_count(what: str, servers: list[str]) -> None:
    if len(servers) > MAX_SERVERS:
        raise refuse(
            f"Maximum {what} supported: {MAX_SERVERS} but provided: {len(servers)}. Please configure a valid list of {what}."
        )


# ---- NTP


def _check_ntp(system: System, wanted: Row) -> Row:
    if not wanted:
        return {}
    servers = [item.strip() for item in str(wanted["ntpservers"]).split(",")]
    for server in servers:
        _check_ntp_server(server)
    _check_count("NTP servers", servers)
    return {"ntpservers": ",".join("" if server == "NC" else server for server in servers)}


def _check_ntp_server(server: str) -> None:
    if not (_is_address(server) or _HOSTNAME.match(server)):
        raise refuse(
            f"Hostname {server} is invalid.  Hostname may not begin or end with a dash. Each segment is 1 to 63 chars"
            " long and valid characters are A-Z, a-z,  and 0-9. Please configure valid hostname."
        )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


# ---- remote logging, PTP


def _check_remote_logging(_system: System, wanted: Row) -> Row:
    if not wanted:
        return {}
    if not wanted["ip_address"]:
        raise refuse("No remote logging provided.")
    if not _is_address(str(wanted["ip_address"])):
        raise refuse(f"Invalid remote logging server {wanted['ip_address']} Please configure a valid IP address.")
    if wanted["transport"] not in ("udp", "tcp", "tls"):
        raise refuse(f"Invalid input for field/attribute transport. Value: '{wanted['transport']}'.")
    return {**wanted, "enabled": boolean(wanted["enabled"]), "port": integer("port", wanted["port"])}


@family.on("PATCH", "/ptp/{uuid}")
def refuse_ptp(system: System, call: Call) -> Any:
    raise refuse("Single-instance PTP service API is deprecated")


# ---- OAM: a view of the OAM network's primary pool


_OAM_FIELDS = {
    "oam_gateway_ip": "gateway_address",
    "oam_floating_ip": "floating_address",
    "oam_c0_ip": "controller0_address",
    "oam_c1_ip": "controller1_address",
}


def _oam_pool(system: System) -> Row | None:
    network = system.tables.first("networks", type="oam")
    return system.tables.find("addrpools", network["pool_uuid"]) if network else None


def _oam(system: System) -> Row:
    pool = _oam_pool(system)
    if pool is None:
        return {}
    start, end = pool["ranges"][0]
    own = {name: pool[field] for name, field in _OAM_FIELDS.items()}
    subnet = f"{pool['network']}/{pool['prefix']}"
    return {**own, "oam_subnet": subnet, "oam_start_ip": start, "oam_end_ip": end}


def _check_oam(system: System, wanted: Row) -> Row:
    pool = _oam_pool(system)
    if not wanted or pool is None:
        return {}
    subnet = ip_network(str(wanted["oam_subnet"]), strict=False)
    for name in (*_OAM_FIELDS, "oam_start_ip", "oam_end_ip"):
        address = wanted.get(name)
        if address and ip_address(address) not in subnet:
            raise refuse(
                f"IP Address {address} is not in subnet: {subnet}. Please configure valid IPv{subnet.version} address."
            )
    _store_oam(system, pool, wanted)
    return {}


def _store_oam(system: System, pool: Row, wanted: Row) -> None:
    network = ip_network(str(wanted["oam_subnet"]), strict=False)
    changes: Row = {"network": str(network.network_address), "prefix": network.prefixlen}
    changes["ranges"] = [[wanted["oam_start_ip"], wanted["oam_end_ip"]]]
    for name, field in _OAM_FIELDS.items():
        changes[field] = wanted.get(name)
        number = pool.get(f"{field}_id")
        address = system.tables.first("addresses", id=number) if number else None
        if address is not None and wanted.get(name):
            system.update("addresses", address["uuid"], address=wanted[name])
    system.update("addrpools", pool["uuid"], **changes)


@family.on("PATCH", "/iextoam/{uuid}")
def change_oam(system: System, call: Call) -> Row:
    row = one(system, OAM, uuid_argument("uuid", call["uuid"]))
    system.tables.update(OAM.table_name, row["uuid"], _oam(system))
    return patched(system, call, Setting(OAM, _check_oam, always=True))


_PLAIN = (
    Setting(DNS, _check_dns),
    Setting(NTP, _check_ntp, reboot=True),
    Setting(REMOTE_LOGGING, _check_remote_logging, trapped=False),
)


def _serve(setting: Setting) -> None:
    @family.on("PATCH", f"/{setting.collection.path}/{{uuid}}")
    def change(system: System, call: Call) -> Row:
        return patched(system, call, setting)


for _setting in _PLAIN:
    _serve(_setting)
