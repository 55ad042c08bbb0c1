"""How a deployment goes on by itself: the states of each phase, how long they last, how they fail (subcloud_manager.py).

What Ansible does of it is the simulator's own: it takes the times of `durations.Durations`. A phase fails where a mark
says so, `<state>-fails:<subcloud>:<text>`, as `bootstrapping-fails:one:no route to the registry`; the state is the one in
which it fails. A playbook's failure is told as recorded; what fails before a playbook runs tells nothing (as upstream).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.deployment import AFTER_RESTART, DeployStatus, Step
from reconciler.simulator.dcmanager import subclouds
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

NO_ERROR = "No errors present"
LONGEST_ERROR = 2048
S = DeployStatus


@dataclass(frozen=True)
class Stage:
    """One state that passes by itself. lasts: an attribute of Durations. A playbook's failure has a text."""

    state: DeployStatus
    lasts: str
    is_playbook: bool = False

    @property
    def failed(self) -> DeployStatus:
        return AFTER_RESTART[self.state]


@dataclass(frozen=True)
class Phase:
    stages: tuple[Stage, ...]
    ends: DeployStatus


PHASES = {
    Step.CREATE: Phase((Stage(S.CREATING, "subcloud_state"),), S.CREATED),
    Step.INSTALL: Phase(
        (Stage(S.PRE_INSTALL, "subcloud_state"), Stage(S.INSTALLING, "subcloud_install", True)), S.INSTALLED
    ),
    Step.BOOTSTRAP: Phase(
        (Stage(S.PRE_BOOTSTRAP, "subcloud_state"), Stage(S.BOOTSTRAPPING, "subcloud_bootstrap", True)), S.BOOTSTRAPPED
    ),
    Step.ENROLL: Phase(
        (
            Stage(S.PRE_INIT_ENROLL, "subcloud_state"),
            Stage(S.INITIATING_ENROLL, "subcloud_enroll", True),
            Stage(S.PRE_ENROLL, "subcloud_state"),
            Stage(S.ENROLLING, "subcloud_enroll", True),
        ),
        S.ENROLLED,
    ),
    Step.CONFIGURE: Phase(
        (Stage(S.PRE_CONFIG, "subcloud_state"), Stage(S.CONFIGURING, "subcloud_configure", True)), S.COMPLETE
    ),
    Step.COMPLETE: Phase((), S.COMPLETE),
}
REHOMING = Phase((Stage(S.PRE_REHOME, "subcloud_state"), Stage(S.REHOMING, "subcloud_enroll", True)), S.COMPLETE)
RECONFIGURING = Phase((Stage(S.RECONFIGURING_NETWORK, "subcloud_network", True),), S.COMPLETE)
RESTORING = Phase((Stage(S.PRE_RESTORE, "subcloud_state"), Stage(S.RESTORING, "subcloud_restore", True)), S.COMPLETE)
ABORTS = {
    S.INSTALLING: (S.ABORTING_INSTALL, S.INSTALL_ABORTED),
    S.BOOTSTRAPPING: (S.ABORTING_BOOTSTRAP, S.BOOTSTRAP_ABORTED),
    S.CONFIGURING: (S.ABORTING_CONFIG, S.CONFIG_ABORTED),
}


def run(system: System, row: Row, *phases: Phase) -> None:
    """Go through these phases one after another, beginning now; the first that fails ends it."""
    system.timeline.cancel(_tag(row["uuid"]))
    _begin(system, row["uuid"], [(stage, phase) for phase in phases for stage in (*phase.stages, None)])


def steps(system: System, row: Row, *names: Step) -> None:
    run(system, row, *(PHASES[name] for name in names))


def soon(system: System, row: Row, *phases: Phase) -> None:
    """The same, once the manager takes it up: until then the row shows what it showed (rpc/client.py: a cast)."""
    system.after(system.durations.subcloud_cast, _taken_up, row["uuid"], phases, tag=_tag(row["uuid"]))


def _taken_up(system: System, uuid: str, phases: tuple[Phase, ...]) -> None:
    if row := system.tables.find(subclouds.TABLE, uuid):
        run(system, row, *phases)


def abort(system: System, row: Row) -> None:
    """The playbook is killed, which takes a moment."""
    going, gone = ABORTS[S(row["deploy-status"])]
    system.timeline.cancel(_tag(row["uuid"]))
    _put(system, row["uuid"], going)
    system.after(system.durations.subcloud_state, _put, row["uuid"], gone, tag=_tag(row["uuid"]))


def restart(system: System) -> None:
    """What a restart of the manager does to everything that was under way (handle_subcloud_operations_in_progress)."""
    for row in system.tables.rows(subclouds.TABLE):
        state = S(row["deploy-status"])
        changes = {"deploy-status": AFTER_RESTART[state].value} if state in AFTER_RESTART else {}
        works = {key: str(row.get(key)) for key in ("backup-status", "prestage-status")}
        changes |= {key: BROKEN[word] for key, word in works.items() if word in BROKEN}
        if changes:
            system.timeline.cancel(_tag(row["uuid"]))
            system.update(subclouds.TABLE, row["uuid"], **changes)


BROKEN = {
    "validating": "validate-failed",
    "pre-backup": "backup-prep-failed",
    "backing-up": "failed",
    "deleting-backup": "delete-failed",
    "prestaging": "failed",
}
"""consts.py TRANSITORY_BACKUP_STATES and TRANSITORY_PRESTAGE_STATES."""


def failure(system: System, row: Row, state: str) -> str | None:
    """What the control API ordered to go wrong with a subcloud in this state; used up by one."""
    return system.take_mark(f"{state}-fails:{row['name']}:")


def ansible(name: str, state: str, text: str) -> str:
    """How a playbook's failure is told (recorded)."""
    said = f'fatal: [{name}]: FAILED! => {{"changed": false, "msg": "{text}"}} '
    return f"FAILED {state} playbook of ({name}).\ndetail: {said}\nFAILED TASK: "[:LONGEST_ERROR]


def _tag(uuid: str) -> str:
    return f"deployment {uuid}"


def _begin(system: System, uuid: str, ahead: list[tuple[Stage | None, Phase]]) -> None:
    """Enter the next stage, or end the phase, until something takes time."""
    while ahead:
        (stage, phase), *ahead = ahead
        if stage is not None:
            _enter(system, uuid, stage)
            lasts = getattr(system.durations, stage.lasts)
            system.after(lasts, _end, uuid, stage, ahead, tag=_tag(uuid))
            return
        _finish(system, uuid, phase)


def _enter(system: System, uuid: str, stage: Stage) -> None:
    """A machine that is installed anew is gone; a site that another network is given to, and back after it."""
    _put(system, uuid, stage.state, error=NO_ERROR)
    if stage.state is S.INSTALLING:
        system.tables.update(subclouds.TABLE, uuid, {"there": False})


def _end(system: System, uuid: str, stage: Stage, ahead: list[tuple[Stage | None, Phase]]) -> None:
    row = system.tables.find(subclouds.TABLE, uuid)
    if row is None:
        return
    text = failure(system, row, stage.state)
    if text is None:
        _begin(system, uuid, ahead)
        return
    error = ansible(row["name"], stage.state, text) if stage.is_playbook else row["error-description"]
    _put(system, uuid, stage.failed, error=error)


def _finish(system: System, uuid: str, phase: Phase) -> None:
    row = system.tables.row(subclouds.TABLE, uuid)
    _put(system, uuid, phase.ends, error=NO_ERROR)
    if phase in (PHASES[Step.BOOTSTRAP], PHASES[Step.ENROLL]):
        system.tables.update(subclouds.TABLE, uuid, {"there": True, "bootstraps": row["bootstraps"] + 1})
    if phase is PHASES[Step.ENROLL]:
        system.update(subclouds.TABLE, uuid, **{"region-name": system.uuid().replace("-", "")})
    if phase is RECONFIGURING:
        system.update(subclouds.TABLE, uuid, **row["moves-to"])
    if phase is REHOMING:
        system.tables.update(subclouds.TABLE, uuid, {"there": True})


def _put(system: System, uuid: str, state: DeployStatus, *, error: str | None = None) -> None:
    said = {"error-description": error} if error is not None else {}
    system.update(subclouds.TABLE, uuid, **{"deploy-status": state.value}, **said)
