"""What is done with a whole subcloud: installed anew, prestaged, deleted, and the status of its certificate told.

dcmanager/api/controllers/v1/subclouds.py, dcmanager/common/prestage.py. The mark `bmc-unreachable:<subcloud>` stays until
it is taken away. A prestage fails by the mark `prestaging-fails:<subcloud>:<text>`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from reconciler.model.deployment import Step
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about, adding, bootstrap_checks, deploying, install_checks, subclouds
from reconciler.simulator.dcmanager.answers import refuse, remote
from reconciler.simulator.dcmanager.changing import in_motion
from reconciler.simulator.dcmanager.reading import (
    ADDRESS,
    BOOTSTRAP,
    CONFIG,
    INSTALL,
    decodable,
    password,
    posted,
    release,
    wanted,
)
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("work on subclouds")
GONE = {
    "restore": "/v1.0/subcloud-backup/restore",
    "reconfigure": "/v1.0/phased-subcloud-deploy/{subcloud}/configure",
    "reinstall": "/v1.0/subclouds/{subcloud}/redeploy",
}
_NOT_WHILE = """
pre-deploy creating pre-install installing pre-bootstrap bootstrapping pre-config configuring deploying
aborting-install aborting-bootstrap aborting-config pre-restore restoring onsite-restoring pre-rehome rehoming
rehome-pending reconfiguring-network pre-init-enroll initiating-enroll pre-enroll enrolling
"""
NOT_WHILE = frozenset(_NOT_WHILE.split())
"""consts.py INVALID_DEPLOY_STATES_FOR_DELETE."""
MAJOR = re.compile(r"\d{2}\.\d{2}")
STATUSES = ("in-sync", "out-of-sync", "unknown")


@family.on("PATCH", "/subclouds/{ref}/{verb}")
def gone(system: System, call: Call) -> None:
    """What older clients ask for; another verb changes nothing and says nothing."""
    subclouds.found(system, call["ref"])
    if call["verb"] in GONE:
        raise refuse(f"This API is deprecated. Please use {GONE[call['verb']]}", 410)


@family.on("DELETE", "/subclouds/{ref}")
def delete(system: System, call: Call) -> None:
    """Its row; the site itself goes on, if it is there."""
    row = subclouds.found(system, call["ref"])
    if row["management-state"] == "managed":
        raise refuse("Cannot delete a subcloud that is 'managed' status")
    if row["deploy-status"] in NOT_WHILE:
        raise refuse("Cannot delete a subcloud during an active operation.")
    if row.get("peer_group_id") is not None:
        raise refuse("Cannot delete a subcloud that is part of a peer group on this site")
    if row["availability-status"] == "online":
        raise remote("Subcloud must be powered down to perform this operation.")
    if about.of(system)["deploying"]:
        raise remote("Subcloud delete is not allowed while system controller has a software deployment in progress.")
    system.tables.delete(subclouds.TABLE, row["uuid"])


@family.on("PATCH", "/subclouds/{ref}/redeploy")
def redeploy(system: System, call: Call) -> Row:
    """Install, bootstrap and configure again, with what is given and else with what is there."""
    row, form = subclouds.found(system, call["ref"]), posted(call)
    adding.refuse_while_busy(system)
    payload = wanted(form, INSTALL, BOOTSTRAP, CONFIG)
    if row["availability-status"] == "online" or row["management-state"] == "managed":
        raise refuse("Cannot re-deploy an online and/or managed subcloud")
    payload["software_version"] = release(about.of(system), payload.get("release"))
    _install_values(system, payload, row)
    password(payload)
    if BOOTSTRAP in form.files:
        bootstrap_checks.complete(payload)
        bootstrap_checks.check(system, payload, row)
        bootstrap_checks.formatted(payload)
    changes: Row = {
        "software-version": payload["software_version"],
        "data_install": json.dumps(payload[INSTALL]),
        "documents": payload.get(CONFIG, row.get("documents")),
        "told": adding.told({**(row.get("told") or {}), **payload}),
        "initial": True,  # run_deploy_phases(initial_deployment=True): what fails is gone on with by phases
        **{key: payload[key] for key in ("description", "location") if key in payload},
    }
    new = system.update(subclouds.TABLE, row["uuid"], **changes)
    last = Step.CONFIGURE if changes["documents"] else Step.COMPLETE
    deploying.steps(system, new, Step.INSTALL, Step.BOOTSTRAP, last)
    return subclouds.shown(system.tables.row(subclouds.TABLE, row["uuid"]))


def _install_values(system: System, payload: Row, row: Row) -> None:
    """Given, or the row's; and its board must answer."""
    if payload.get(INSTALL):
        install_checks.check(payload, row)
    elif row.get("data_install"):
        payload[INSTALL] = json.loads(row["data_install"])
    else:
        raise refuse("Failed to read data install from db")
    said = payload[INSTALL] | {"software_version": payload["software_version"]}
    payload[INSTALL] = said | {"image": install_checks.image(payload["software_version"])}
    if f"bmc-unreachable:{row['name']}" in system.marks:
        advice = "verify connectivity and credentials before retrying."
        raise refuse(f"Cannot reach the subcloud BMC ({said['bmc_address']}); {advice}", 422)
    payload[ADDRESS] = said["bootstrap_address"]


@family.on("PATCH", "/subclouds/{ref}/prestage")
def prestage(system: System, call: Call) -> Row:
    """Copying begins; how it goes is seen in the row."""
    row = subclouds.found(system, call["ref"])
    payload = prestage_options(call.body)
    version = prestage_release(system, payload, row["name"])
    if why := not_prestaged(row):
        raise refuse(f"Prestage skipped '{row['name']}': {why}")
    system.update(subclouds.TABLE, row["uuid"], **{"prestage-status": "prestaging"})
    kept = tuple(about.of(system)["deployed"]) if payload.get("for_sw_deploy") == "true" else ()
    ends = (row["uuid"], version, kept)
    system.after(system.durations.subcloud_prestage, prestaged, *ends, tag=f"prestage {row['uuid']}")
    return {**subclouds.shown(row), "prestage-status": "prestaging", "prestage-software-version": version}


def prestage_options(body: object) -> Row:
    """_get_prestage_payload: booleans as text."""
    if not isinstance(body, dict):
        raise refuse("Request body is malformed.")
    if not body.get("sysadmin_password"):
        raise refuse("sysadmin_password is required.")
    decodable(body, "sysadmin_password")
    for name in ("force", "for_install", "for_sw_deploy"):
        if body.get(name) is not None and str(body[name]).lower() not in ("true", "false", "t", "f"):
            raise refuse(f"Invalid value for {name} option: {body[name]}")
    return body


def prestage_release(system: System, payload: Row, name: str = "") -> str:
    said = payload.get("release")
    if said and not MAJOR.fullmatch(said):
        who = f" '{name}'" if name else ""
        raise refuse(f"Prestage failed{who}: Specified release format is not supported. Version format must be MM.mm.")
    return release(about.of(system), said)


def not_prestaged(row: Row) -> str:
    """Why it cannot be; "" where it can (initial_subcloud_validate)."""
    if row["availability-status"] != "online":
        return "Subcloud is offline."
    if row["management-state"] != "managed":
        return "Subcloud is not managed."
    if told := in_motion(row):
        return told
    if row["deploy-status"] not in ("complete", "sw-deploy-apply-strategy-failed"):
        return "Prestage operation is not allowed when subcloud deploy is in progress."
    return ""


def prestaged(system: System, uuid: str, version: str, kept: tuple[str, ...] = ()) -> None:
    """The end of a prestage. kept: releases that the centre has deployed; those of this major one are at the site now."""
    row = system.tables.find(subclouds.TABLE, uuid)
    if row is None or row.get("prestage-status") != "prestaging":
        return
    text = deploying.failure(system, row, "prestaging")
    copied = [name for name in kept if f"-{version}." in name]
    ends: Row = {"prestage-status": "complete", "prestage-versions": version, "prestaged": copied}
    if text is not None:
        error = deploying.ansible(row["name"], "prestaging", text) if text else row["error-description"]
        ends = {"prestage-status": "failed", "error-description": error}
    system.update(subclouds.TABLE, uuid, **ends)


@family.on("PATCH", "/subclouds/{ref}/update_status")
def update_status(system: System, call: Call) -> Row:
    """What the certificate monitor tells."""
    row, body = subclouds.found(system, call["ref"]), call.body or {}
    if not body:
        raise refuse("Body required")
    endpoint, status = body.get("endpoint"), body.get("status")
    if not endpoint:
        raise refuse("endpoint required")
    if endpoint != "dc-cert":
        raise refuse(f"updating endpoint {endpoint} status is not allowed")
    if not status:
        raise refuse("status required")
    if status not in STATUSES:
        raise refuse(f"status {status} in invalid.")
    system.tables.update(subclouds.TABLE, row["uuid"], {"sync": {**row["sync"], endpoint: status}})
    return {"result": "OK"}
