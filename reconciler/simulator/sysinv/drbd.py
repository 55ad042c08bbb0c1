"""Replication between the controllers (starlingx/config api/controllers/v1/drbdconfig.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import integer
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import Operation, typed_operations
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.settings import Setting, patched
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("drbd")

DRBD = family.collection(
    Collection(
        "drbdconfig",
        key="drbdconfigs",
        columns="uuid link_util num_parallel rtt_ms isystem_uuid created_at updated_at",
        more="forisystemid action",
    )
)
_FIXED = ["/uuid", "/id", "/forisystemid", "/isystem_uuid", "/num_parallel"]
_SECURE = {"service": "platform", "section": "drbd"}


@family.after_load
def number_system(system: System) -> None:
    for row in system.tables.rows(DRBD.table_name):
        system.tables.update(DRBD.table_name, row["uuid"], {"forisystemid": 1})


@family.on("PATCH", "/drbdconfig/{uuid}")
def change(system: System, call: Call) -> Row:
    """Encryption is a service parameter, and off again where a PATCH does not say it."""
    operations = typed_operations(call.body)
    if any(item.path in {path[1:] for path in _FIXED} for item in operations):
        raise refuse(f"The following fields can not be modified: {_FIXED}")
    if _secures(system, _said(operations)):
        config.mark_out_of_date(system, config.controllers(system))
    plain = [item for item in call.body if item["path"] != "/secure"]
    return patched(system, replace(call, body=plain), Setting(DRBD, _checked))


def _said(operations: list[Operation]) -> str:
    said = str(next((item.value for item in operations if item.path == "secure"), "false")).title()
    if said not in ("True", "False"):
        raise refuse("Should be True or False for option --secure")
    return said


def _secures(system: System, said: str) -> bool:
    """Whether that is another word than there was; what goes with it is made at the first time."""
    row = system.tables.first("service_parameter", **_SECURE, name="secure")
    if said == (row["value"] if row else "False"):
        return False
    if row:
        system.update("service_parameter", row["uuid"], value=said)
        return True
    for name, value in (("hmac", "sha256"), ("secret", "****"), ("secure", said)):
        system.insert("service_parameter", **_SECURE, name=name, value=value, personality=None, resource=None)
    return True


def _checked(_system: System, wanted: Row) -> Row:
    if not wanted:
        return {}
    util, rtt = integer("link_util", wanted["link_util"]), float(wanted["rtt_ms"])
    if not 5 <= util <= 80:
        raise refuse("DRBD link_util must be within: 5 to 80")
    if rtt < 0.2:
        raise refuse("DRBD rtt_ms must be at least: 0.2 ms")
    if rtt > 20:
        raise refuse("DRBD rtt_ms must less than: 20.0 ms")
    return {"link_util": util, "num_parallel": integer("num_parallel", wanted["num_parallel"]), "rtt_ms": rtt}
