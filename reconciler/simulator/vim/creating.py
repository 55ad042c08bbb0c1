"""A new strategy: what is looked at when it is asked for (SwUpdateStrategyAPI.post of each type).

nfv_vim/api/controllers/v1/orchestration/sw_update/_sw_update_strategy.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row
from reconciler.simulator.usm.versions import in_bodies
from reconciler.simulator.vim import rows, running, strategies

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("vim creations")
APPLY_TYPES = ("ignore", "parallel", "serial")
ENUMS = {
    "controller-apply-type": APPLY_TYPES,
    "storage-apply-type": APPLY_TYPES,
    "worker-apply-type": APPLY_TYPES,
    "default-instance-action": ("migrate", "stop-start"),
    "alarm-restrictions": ("permissive", "relaxed", "strict"),
}
USUAL = {"alarm-restrictions": "strict"}
SERIAL = ("kube-upgrade", "kube-rootca-update")
"""Where the controllers' type may be left out, and is nothing else."""
MOST = {"sw-upgrade": 10, "kube-upgrade": 10, "kube-rootca-update": 10, "fw-update": 5, "system-config-update": 100}
OWN: dict[str, dict[str, type]] = {
    "sw-upgrade": {"release": str, "rollback": bool, "delete": bool, "snapshot": bool},
    "kube-upgrade": {"to-version": str},
    "kube-rootca-update": {"expiry-date": str, "subject": str, "algorithm": str, "key-size": int},
}
LATER: dict[str, type] = {"release": list, "cleanup": bool, "kube-upgrade": str, "pre-upgrade-deploy": bool}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MAX = "max-parallel-worker-hosts"


@family.on("POST", "/{name}/strategy")
def create(system: System, call: Call) -> Row:
    """Accepted, and being built; a 409 where there is one, of whatever type."""
    name, body = call["name"], call.body
    strategies.of_type(system, call)
    _check(system, name, body)
    there = rows.current(system)
    if there is not None:
        raise Fault(409, f"strategy already exists of type:{there['name']}")
    facts = {key.replace("-", "_"): body.get(key, _usual(name, key)) for key in ENUMS}
    asked = {key: body[key] for key in _own(system, name) if body.get(key) is not None}
    most = {"max_parallel_worker_hosts": body.get(MAX, 2), "swift_apply_type": "ignore"}
    row = system.insert(rows.TABLE, name=name, state="building", phase="build", **facts, **most, asked=asked)
    running.build(system, row)
    return {"strategy": strategies.shown(system, rows.current(system) or row)}


def _usual(name: str, key: str) -> str | None:
    return "serial" if key == "controller-apply-type" and name in SERIAL else USUAL.get(key)


def _own(system: System, name: str) -> dict[str, type]:
    return OWN.get(name, {}) | (LATER if name == "sw-upgrade" and in_bodies(system) else {})


def _check(system: System, name: str, body: Any) -> None:
    known = {**dict.fromkeys(ENUMS, str), MAX: int, **_own(system, name)}
    for key in body:
        if key not in known:
            raise Fault(400, f"Unknown attribute:\nAttribute {key} is not known")
    for key, allowed in ENUMS.items():
        _check_word(key, body.get(key, _usual(name, key)), allowed)
    for key, wanted in known.items():
        if body.get(key) is not None and not isinstance(body[key], wanted):
            raise Fault(400, _odd(key, body[key], f"Wrong type. Expected '{wanted}', got '{type(body[key])}'"))
    _check_own(name, body)


def _check_word(key: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value is None:
        raise Fault(400, _odd(key, None, "Mandatory field missing."))
    if value not in allowed:
        raise Fault(400, _odd(key, value, f"Value should be one of: {', '.join(allowed)}"))


def _check_own(name: str, body: Any) -> None:
    if MAX in body and not 2 <= body[MAX] <= MOST[name]:
        raise Fault(400, f"Invalid value for {MAX}")
    if name == "kube-upgrade" and not body.get("to-version"):
        raise Fault(400, _odd("to-version", None, "Mandatory field missing."))
    if name == "kube-rootca-update":
        _check_certificate(body)
    if name in SERIAL and body.get("controller-apply-type", "serial") != "serial":
        raise Fault(400, f"controller-apply-type must be 'serial' for {name}")


def _check_certificate(body: Any) -> None:
    """nfv_common/validate.py, which says what sysinv would."""
    day, subject = body.get("expiry-date"), body.get("subject")
    if day is not None and not DAY.fullmatch(day):
        raise Fault(400, f"expiry_date {day} doesn't match format YYYY-MM-DD")
    if subject is not None and "CN=" not in subject:
        raise Fault(400, "The CN=<commonName> parameter is required to be specified in subject argument")


def _odd(key: str, value: Any, why: str) -> str:
    return f"Invalid input for field/attribute {key}. Value: '{value}'. {why}"
