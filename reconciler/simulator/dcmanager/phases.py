"""One phase of a deployment at a time: PATCH /phased-subcloud-deploy/<subcloud>/<phase> (phased_subcloud_deploy.py).

An answer shows the state that the phase begins with; the rest goes on by itself. Unverified: enrolling.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.model.deployment import REMAINING, Step
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about, adding, bootstrap_checks, deploying, install_checks, subclouds
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.dcmanager.changing import refuse_in_motion
from reconciler.simulator.dcmanager.reading import (
    ADDRESS,
    BOOTSTRAP,
    CONFIG,
    INSTALL,
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

family = Family("phased deployment")
INSTALL_FROM = ["create-complete", "pre-install-failed", "install-failed", "install-complete", "install-aborted"]
_BOOTSTRAP_FROM = """
install-complete pre-bootstrap-failed bootstrap-failed bootstrap-aborted bootstrap-complete create-complete
"""
BOOTSTRAP_FROM = _BOOTSTRAP_FROM.split()
_CONFIGURE_FROM = """
complete pre-config-failed config-failed bootstrap-complete enroll-complete config-aborted
"""
CONFIGURE_FROM = _CONFIGURE_FROM.split()
COMPLETE_FROM = ["bootstrap-complete", "enroll-complete"]
ABORT_FROM = ["installing", "bootstrapping", "configuring"]
_ENROLL_FROM = """
create-complete enroll-failed pre-enroll-failed pre-init-enroll-failed init-enroll-failed factory-restore-complete
"""
ENROLL_FROM = _ENROLL_FROM.split()
RESUME_FROM = [state.value for state in REMAINING]
"""In the order in which a refusal names them."""

FILES = {Step.INSTALL: INSTALL, Step.BOOTSTRAP: BOOTSTRAP, Step.CONFIGURE: CONFIG}
BEGINS = {Step.INSTALL: "pre-install", Step.BOOTSTRAP: "pre-bootstrap", Step.CONFIGURE: "pre-config"}
TOLD_AT = "/opt/dc-vault/ansible/{}.yml"


@family.on("PATCH", "/phased-subcloud-deploy/{ref}/{verb}")
def phase(system: System, call: Call) -> Row:
    row = subclouds.found(system, call["ref"])
    answer = _VERBS.get(call["verb"])
    if answer is None:
        raise refuse("Invalid request")
    shown: Row = answer(system, row, posted(call))
    return shown


def _install(system: System, row: Row, form: Form) -> Row:
    payload = _body(wanted(form, INSTALL))
    adding.refuse_while_busy(system)
    _check_state(row, INSTALL_FROM, "Subcloud deploy status must be either: {}")
    if not row["initial"]:
        raise refuse("The deploy install command can only be used during initial deployment.")
    payload["software_version"] = release(about.of(system), payload.get("release", row["software-version"]))
    _with_install(payload, row)
    password(payload)
    return _run(system, row, payload, Step.INSTALL)


def _bootstrap(system: System, row: Row, form: Form) -> Row:
    _check_state(row, BOOTSTRAP_FROM, "Subcloud deploy status must be either: {}")
    payload = wanted(form, BOOTSTRAP)
    password(payload)
    _with_bootstrap(system, payload, row, form)
    return _run(system, row, payload, Step.BOOTSTRAP)


def _configure(system: System, row: Row, form: Form) -> Row:
    payload = _body(wanted(form, CONFIG) | _documents(form))
    _check_state(row, CONFIGURE_FROM, "Subcloud deploy status must be {}")
    refuse_in_motion(row)
    _with_documents(payload, row)
    password(payload)
    _with_address(payload, row)
    return _run(system, row, payload, Step.CONFIGURE)


def _complete(system: System, row: Row, form: Form) -> Row:  # noqa: ARG001
    if row["deploy-status"] not in COMPLETE_FROM:
        names = ", ".join(COMPLETE_FROM)
        raise refuse(f"Subcloud deploy can only be completed when its deploy status is: {names}")
    deploying.steps(system, row, Step.COMPLETE)
    return subclouds.shown(system.tables.row(subclouds.TABLE, row["uuid"]))


def _abort(system: System, row: Row, form: Form) -> Row:  # noqa: ARG001
    _check_state(row, ABORT_FROM, "Subcloud deploy status must be in one of the following states: {}")
    if not row["initial"]:
        raise refuse("The subcloud can only be aborted during initial deployment.")
    deploying.abort(system, row)
    now = system.tables.row(subclouds.TABLE, row["uuid"])
    return {**subclouds.shown(row), "deploy-status": now["deploy-status"]}


def _resume(system: System, row: Row, form: Form) -> Row:
    """Every phase that is left, of those that there is something for."""
    _check_state(row, RESUME_FROM, "Subcloud deploy status must be either: {}")
    if not row["initial"]:
        raise refuse("The subcloud can only be resumed during initial deployment.")
    left = REMAINING[row["deploy-status"]]
    has = {
        Step.INSTALL: bool(row.get("data_install")) or INSTALL in form.files,
        Step.BOOTSTRAP: True,
        Step.CONFIGURE: bool(row.get("documents")) or CONFIG in form.files,
    }
    _check_left(left, form, has_documents=has[Step.CONFIGURE])
    ahead = [step for step in left if has[step]]
    payload = wanted(form, *(FILES[step] for step in ahead)) | _documents(form)
    payload["software_version"] = row["software-version"]
    if Step.INSTALL in ahead:
        adding.refuse_while_busy(system)
        payload["software_version"] = release(about.of(system), payload.get("release", row["software-version"]))
        _with_install(payload, row)
    password(payload)
    if Step.BOOTSTRAP in ahead:
        _with_bootstrap(system, payload, row, form)
    last = () if Step.CONFIGURE in ahead else (Step.COMPLETE,)
    return _run(system, row, payload, *ahead, *last, shows=BEGINS[left[0]])


def _enroll(system: System, row: Row, form: Form) -> Row:
    _check_state(row, ENROLL_FROM, "Subcloud deploy status must be either: {}")
    payload = wanted(form, BOOTSTRAP, INSTALL) | {"enroll": "true"}
    _with_install(payload, row)
    payload["software_version"] = release(about.of(system), payload.get("release", row["software-version"]))
    adding.check_enrolment(payload, form)
    password(payload)
    _with_bootstrap(system, payload, row, form)
    return _run(system, row, payload, Step.ENROLL, shows="pre-init-enroll")


_VERBS: dict[str, Any] = {
    Step.INSTALL: _install,
    Step.BOOTSTRAP: _bootstrap,
    Step.CONFIGURE: _configure,
    Step.COMPLETE: _complete,
    Step.ABORT: _abort,
    Step.RESUME: _resume,
    Step.ENROLL: _enroll,
}


def _body(payload: Row) -> Row:
    if not payload:
        raise refuse("Body required")
    return payload


def _documents(form: Form) -> Row:
    return {CONFIG: form.files[CONFIG].content} if CONFIG in form.files else {}


def _check_state(row: Row, states: list[str], text: str) -> None:
    if row["deploy-status"] not in states:
        raise refuse(text.format(", ".join(states)))


def _check_left(left: tuple[Step, ...], form: Form, *, has_documents: bool) -> None:
    if left == (Step.CONFIGURE,) and not has_documents:
        raise refuse(
            f"Only deploy phase left is deploy config. Required {CONFIG} file was not provided and it was not "
            "previously available. If manually configuring the subcloud, please run 'dcmanager subcloud deploy complete'"
        )
    for step in set(FILES) - set(left):
        if FILES[step] in form.fields or (FILES[step] in form.files and step is not Step.BOOTSTRAP):
            name = FILES[step].replace("_", "-")
            raise refuse(f"{step.title()} was already executed and {name} is not required")


def _with_install(payload: Row, row: Row) -> None:
    """New install values, checked, or those of the row; with the image of the release (pre_deploy_install)."""
    if payload.get(INSTALL):
        install_checks.check(payload, row)
    elif row.get("data_install"):
        payload[INSTALL] = json.loads(row["data_install"])
    else:
        raise refuse("Failed to read data install from db")
    wanted_release = str(payload.get("software_version", row["software-version"]))
    payload[INSTALL] |= {"software_version": wanted_release, "image": install_checks.image(wanted_release)}


def _with_bootstrap(system: System, payload: Row, row: Row, form: Form) -> None:
    """New bootstrap values, checked, or those of before (pre_deploy_bootstrap)."""
    if BOOTSTRAP not in form.files:
        if not row.get("told"):
            name = TOLD_AT.format(row["name"])
            raise refuse(
                f"Required bootstrap-values file was not provided and it was not previously available at {name}"
            )
        payload.update({**row["told"], **payload})
        _with_address(payload, row)
        return
    _with_address(payload, row)
    if payload.get("name") != row["name"]:
        said = payload.get("name")
        raise refuse(f"The bootstrap-values 'name' value ({said}) must match the current subcloud name ({row['name']})")
    bootstrap_checks.complete(payload)
    bootstrap_checks.check(system, payload, row)
    bootstrap_checks.formatted(payload)
    adding.refuse_while_deploying(system, "bootstrap")


def _with_address(payload: Row, row: Row) -> None:
    """Where Ansible reaches the machine (update_payload_with_bootstrap_address)."""
    if payload.get(ADDRESS):
        return
    installed = json.loads(row["data_install"]) if row.get("data_install") else (row.get("told") or {})
    found = installed.get("bootstrap_address") or installed.get(ADDRESS)
    if not found:
        raise refuse(
            "The bootstrap-address was not provided and it was not previously available. Please provide it in the "
            "request or update the subcloud with install-values and try again."
        )
    payload[ADDRESS] = found


def _with_documents(payload: Row, row: Row) -> None:
    if not payload.get(CONFIG) and not row.get("documents"):
        raise refuse(f"Required {CONFIG} file was not provided and it was not previously available.")


def _run(system: System, row: Row, payload: Row, *ahead: Step, shows: str = "") -> Row:
    """Keep what was said and go on; the answer shows the row before, but for what it says itself."""
    changes: Row = {"software-version": payload.get("software_version", row["software-version"])}
    if INSTALL in payload:
        changes["data_install"] = json.dumps(payload[INSTALL])
    if payload.get(CONFIG):
        changes["documents"] = payload[CONFIG]
    seen = {"software-version": changes["software-version"]}
    if "system_mode" in payload:
        changes |= {"told": adding.told(payload)}
        described = {key: payload.get(key, row[key]) for key in ("description", "location")}
        seen |= {**bootstrap_checks.primary(payload), **described}
        changes |= bootstrap_checks.primary(payload) | described
    new = system.tables.update(subclouds.TABLE, row["uuid"], changes)
    deploying.soon(system, new, *(deploying.PHASES[step] for step in ahead))
    return {**subclouds.shown({**row, **seen}), "deploy-status": shows or BEGINS[ahead[0]]}
