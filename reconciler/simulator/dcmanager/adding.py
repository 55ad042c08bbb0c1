"""A new subcloud: in one go (subclouds.py post) or its first phase alone (phased_subcloud_deploy.py _deploy_create).

Unverified: enrolling, rehoming and secondary subclouds are written from the source. The one-in-flight lock that the
source means to have does not work (distributed-cloud.md 1); here writes are serial.
"""

from __future__ import annotations

import json
from hashlib import md5
from typing import TYPE_CHECKING, Any

from reconciler.model.deployment import Step
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about, bootstrap_checks, deploying, groups, install_checks, subclouds
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.dcmanager.reading import (
    ADDRESS,
    BOOTSTRAP,
    CLOUD_INIT,
    CONFIG,
    INSTALL,
    flag,
    password,
    posted,
    release,
    wanted,
)
from reconciler.simulator.family import Family
from reconciler.simulator.forms import Form
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("adding subclouds")
BUSY = (
    "A local software deployment operation is in progress. Please finish the software deployment operation before "
    "(re)installing/updating the subcloud."
)
DEPLOYING = "Subcloud {} is not allowed while the system controller is still undergoing software update."


@family.on("POST", "/subclouds")
def add(system: System, call: Call) -> Row:
    """The row as it was before anything was done with it: the rest goes on by itself."""
    form = posted(call)
    refuse_while_busy(system)
    payload = wanted(form, BOOTSTRAP, INSTALL)
    _check_ways(payload, form)
    if "secondary" not in payload:
        password(payload)
    row = _create(system, payload, form)
    _go_on(system, row, payload)
    return {**subclouds.shown(row), "group_id": payload.get("group_id", row["group_id"])}  # as it was said (recorded)


@family.on("POST", "/phased-subcloud-deploy")
def create(system: System, call: Call) -> Row:
    """The first phase, done when it is answered."""
    form = posted(call)
    missing = [key for key in (BOOTSTRAP, ADDRESS) if key not in {**form.fields, **form.files}]
    if missing:
        raise refuse(f"Missing required parameter(s): {', '.join(missing)}")
    row = _create(system, wanted(form, BOOTSTRAP, INSTALL), form)
    is_refused = deploying.failure(system, row, "creating") is not None
    state = "create-failed" if is_refused else "create-complete"
    return subclouds.shown(system.update(subclouds.TABLE, row["uuid"], **{"deploy-status": state}))


def refuse_while_busy(system: System) -> None:
    """validate_software_deploy_state; the real one remembers its answer for a minute."""
    if about.of(system)["deploying"]:
        raise refuse(BUSY)


def refuse_while_deploying(system: System, operation: str) -> None:
    """validate_system_controller_deploy_status."""
    if about.of(system)["deploying"]:
        raise refuse(DEPLOYING.format(operation), 422)


def _check_ways(payload: Row, form: Form) -> None:
    """Rehoming and secondary subclouds, and what does not go with them."""
    if flag(payload, "migrate"):
        if flag(payload, "enroll"):
            raise refuse("migrate with enroll is not allowed")
        if CONFIG in payload:
            raise refuse("migrate with deploy-config is not allowed")
    if flag(payload, "secondary") is not None:
        if CONFIG in form.files:
            raise refuse("secondary with deploy-config is not allowed")
        if "migrate" in payload:
            raise refuse("secondary with migrate is not allowed")


def _create(system: System, payload: Row, form: Form) -> Row:
    """pre_deploy_create, then the row."""
    bootstrap_checks.complete(payload)
    payload["software_version"] = release(about.of(system), payload.get("release"))
    if system.tables.first(subclouds.TABLE, name=payload["name"]):
        raise refuse(f"Subcloud with name={payload['name']} already exists", 409)
    refuse_while_deploying(system, "create")
    bootstrap_checks.check(system, payload)
    if str(payload.get("group_id", groups.DEFAULT_ID)) not in {str(r["id"]) for r in system.tables.rows(groups.TABLE)}:
        raise refuse("Invalid group_id")
    install_checks.check(payload)
    bootstrap_checks.formatted(payload)
    install_checks.formatted(payload)
    if CONFIG in form.files:
        payload[CONFIG] = form.files[CONFIG].content
    check_enrolment(payload, form)
    return _inserted(system, payload)


def check_enrolment(payload: Row, form: Form) -> None:
    """validate_enroll_parameter."""
    if not (enrolls := flag(payload, "enroll")):
        if enrolls is False and CLOUD_INIT in form.files:
            raise refuse("cloud_init_config is not allowed with enroll=false")
        if enrolls is False and flag(payload, "on_site"):
            raise refuse("on_site is not allowed with enroll=false")
        return
    if not (values := payload.get(INSTALL)):
        raise refuse("Install values is necessary for subcloud enrollment")
    if not payload.get("bmc_password") and "bmc_password" not in values and not flag(payload, "on_site"):
        raise refuse("bmc_password is necessary for subcloud enrollment")


def _inserted(system: System, payload: Row) -> Row:
    said: dict[str, Any] = {
        "name": payload["name"],
        "description": payload.get("description"),
        "location": payload.get("location"),
        "software-version": payload["software_version"],
        "group_id": int(payload.get("group_id", groups.DEFAULT_ID)),
        "data_install": json.dumps(payload[INSTALL]) if payload.get(INSTALL) else None,
        "systemcontroller-gateway-ip": str(payload["systemcontroller_gateway_address"]).split(",")[0],
        "region-name": system.uuid().replace("-", ""),
        "told": told(payload),
        "documents": payload.get(CONFIG),
        "initial": not (flag(payload, "migrate") or flag(payload, "enroll")),
        "site": payload["name"],
    }
    if flag(payload, "migrate"):
        said |= {"region-name": _region(system, payload["name"]), "there": True}
    return system.insert(subclouds.TABLE, **{**subclouds.JUST_ADDED, **bootstrap_checks.primary(payload), **said})


def _region(system: System, name: str) -> str:
    """What a site that is taken over says of itself over ssh: no other row may have it (subcloud_region_create)."""
    region = md5(name.encode(), usedforsecurity=False).hexdigest()
    address = "Unable to retrieve subcloud region while trying to connect to the subcloud"
    if f"region-unread:{name}" in system.marks or system.tables.first(subclouds.TABLE, **{"region-name": region}):
        raise refuse(f"{address} {name} with bootstrap address")
    return region


def told(payload: Row) -> Row:
    """What bootstrap was told, without the passwords that came beside it."""
    beside = (INSTALL, CONFIG, "sysadmin_password", "bmc_password")
    return {key: value for key, value in payload.items() if key not in beside}


def _go_on(system: System, row: Row, payload: Row) -> None:
    """What add_subcloud of the manager runs; a secondary subcloud is only remembered."""
    if "secondary" in payload:
        remembered = {"deploy-status": "secondary", "rehome_data": json.dumps({"saved_payload": payload})}
        system.update(subclouds.TABLE, row["uuid"], **remembered)
    elif flag(payload, "migrate"):
        deploying.run(system, row, deploying.REHOMING)
    else:
        deploying.steps(system, row, *_phases(payload))


def _phases(payload: Row) -> tuple[Step, ...]:
    last = Step.CONFIGURE if CONFIG in payload else Step.COMPLETE
    if flag(payload, "enroll") and payload.get(INSTALL):
        return Step.CREATE, Step.ENROLL, last
    install = (Step.INSTALL,) if payload.get(INSTALL) else ()
    return Step.CREATE, *install, Step.BOOTSTRAP, last
