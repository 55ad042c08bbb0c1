"""How the steps of a strategy go on by themselves (dcmanager/orchestrator/orchestrator_manager.py, orchestrator_worker.py).

So many at once as the strategy says. A step fails where the mark `<state>-fails:<subcloud>:<text>` says so, as
`apply VIM sw-deploy strategy-fails:one:no`. Where there is a site behind the subcloud, its own VIM brings it to the release, to
the version of Kubernetes, to another root certificate, or to the centre's images (`site_images`), and the step ends as that
does (`site_vims`); else, and for prestaging, time passes, and only dcmanager's endpoint comes into sync, as its audit finds it
afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.dcmanager import deploying, site_vims, subclouds
from reconciler.simulator.dcmanager.beyond import Beyond
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE, STEPS = "strategies", "strategy_steps"
CREATED, STARTED, ENDED = "Create", "Apply", "Complete"
PRESTAGE = ("prestage-precheck", "prestaging-packages", "prestaging-images")
STATES = {
    "sw-deploy": (
        "sw-deploy pre-check",
        "sw-deploy install license",
        "create VIM sw-deploy strategy",
        "apply VIM sw-deploy strategy",
        "finish sw-deploy strategy",
    ),
    "kubernetes": (
        "kube upgrade pre check",
        "kube creating vim kube upgrade strategy",
        "kube applying vim kube upgrade strategy",
    ),
    "kube-rootca-update": ("creating vim kube rootca update strategy", "applying vim kube rootca update strategy"),
    "firmware": (
        "importing firmware",
        "creating fw update strategy",
        "applying fw update strategy",
        "finishing fw update",
    ),
    "prestage": PRESTAGE,
}
LONG = ("apply", "kube applying", "prestaging")
"""How the states begin that wait for the site's VIM, or for copies."""
ENDPOINT = {"sw-deploy": "software", "kubernetes": "kubernetes", "kube-rootca-update": "kube-rootca"} | {
    "firmware": "firmware"
}
OVER = ("complete", "failed", "aborted")


def insert(system: System, payload: Row, extra: Row, members: list[Row]) -> Row:
    """A new strategy with a step for each of these subclouds, whose old errors are forgotten."""
    row = system.insert(
        TABLE,
        **{name: payload[name] for name in ("type", "subcloud-apply-type", "max-parallel-subclouds")},
        **{"stop-on-failure": payload.get("stop-on-failure") == "true", "state": "initial", "extra-args": extra},
    )
    for member in members:
        said = {"cloud": member["name"], "subcloud": member["uuid"], "stage": CREATED, "state": "initial"}
        system.insert(STEPS, **said, **{"started-at": None, "finished-at": None})
        system.tables.update(subclouds.TABLE, member["uuid"], {"error-description": deploying.NO_ERROR})
    return row


def apply(system: System, row: Row) -> None:
    for step in system.tables.rows(STEPS)[: row["max-parallel-subclouds"]]:
        _start(system, row, step)


def abort(system: System, row: Row) -> None:
    """Steps that have not begun are aborted; the others go on to their end. So an aborted one may end complete (recorded)."""
    for step in system.tables.rows(STEPS, state="initial"):
        system.update(STEPS, step["uuid"], state="aborted", stage=ENDED, **{"finished-at": system.timeline.stamp()})
    _close(system, row["uuid"])
    system.after(system.durations.strategy_state, _aborting, row["uuid"])


def _aborting(system: System, uuid: str) -> None:
    """The manager's next round: nothing new begins, what runs is waited for."""
    row = system.tables.find(TABLE, uuid)
    if row is not None and row["state"] == "abort requested":
        system.update(TABLE, uuid, state="aborting")


def look(system: System, beyond: Beyond) -> None:
    """What the sites have done since for the strategy that is there; before each answer."""
    row = system.tables.first(TABLE)
    if row is None or row["type"] not in site_vims.NAMES:
        return
    for step in system.tables.rows(STEPS):
        site = system.tables.find(subclouds.TABLE, step.get("subcloud"))
        if site is None or beyond.answers(site) is None:
            continue
        system.tables.update(STEPS, step["uuid"], {"has_site": True})
        at = site_vims.SiteVim(system, beyond, site, row)
        if row["state"] == "deleting":
            at.undo()
        else:
            _go_on(system, at, step["uuid"])
    if row["state"] == "deleting" and _has_sites(system):
        _gone(system, row["uuid"])


def _go_on(system: System, at: site_vims.SiteVim, uuid: str) -> None:
    """As far as the site is."""
    step = system.tables.row(STEPS, uuid)
    while step["state"] in site_vims.STATES and (ended := at.go_on(step)):
        text = system.take_mark(f"{step['state']}-fails:{step['cloud']}:") or ended.why
        left = _states(at.strategy)[_states(at.strategy).index(step["state"]) + 1 :]
        if text:
            _end(system, at.strategy, step, "failed", f"{step['state']}: {text}")
        elif ended.is_all or not left:
            _end(system, at.strategy, step, "complete", "")
        else:
            place = _states(at.strategy).index(step["state"]) + 1 + ended.skips
            _enter(system, at.strategy["uuid"], uuid, place)
        step = system.tables.row(STEPS, uuid)


def _has_sites(system: System) -> bool:
    """Whether what is undone is undone at sites, whenever they are looked at."""
    return any(step.get("has_site") for step in system.tables.rows(STEPS))


def delete(system: System, row: Row) -> None:
    """Its steps are taken away one after another; without any it is gone at once."""
    for step in system.tables.rows(STEPS):
        if step["state"] in ("initial", "aborted"):
            system.tables.delete(STEPS, step["uuid"])
    if row["type"] in site_vims.NAMES and _has_sites(system):
        return
    if system.tables.rows(STEPS):
        system.after(system.durations.strategy_state, _gone, row["uuid"])
    else:
        _gone(system, row["uuid"])


def _gone(system: System, uuid: str) -> None:
    for step in system.tables.rows(STEPS):
        system.tables.delete(STEPS, step["uuid"])
    system.tables.delete(TABLE, uuid)


def _states(row: Row) -> tuple[str, ...]:
    prestages = row["type"] == "sw-deploy" and (row.get("extra-args") or {}).get("with_prestage")
    return (PRESTAGE if prestages else ()) + STATES[row["type"]]


def _start(system: System, row: Row, step: Row) -> None:
    begun = {"stage": STARTED, "started-at": system.timeline.stamp()}
    new = system.update(STEPS, step["uuid"], **begun)
    site = system.tables.find(subclouds.TABLE, step["subcloud"])
    if site is not None and site["management-state"] == "unmanaged":
        _end(system, row, new, "failed", f"Subcloud {site['name']} is unmanaged.")
        return
    if row["type"] == "prestage" and site is not None:
        system.update(subclouds.TABLE, site["uuid"], **{"prestage-status": "prestaging"})
    if row["type"] == "sw-deploy" and site is not None:
        system.update(subclouds.TABLE, site["uuid"], **{"deploy-status": "sw-deploy-in-progress"})
    _enter(system, row["uuid"], new["uuid"], 0)


def _enter(system: System, strategy: str, uuid: str, place: int) -> None:
    row = system.tables.row(TABLE, strategy)
    state = _states(row)[place]
    system.update(STEPS, uuid, state=state)
    times = system.durations
    lasts = times.strategy_apply if state.startswith(LONG) else times.strategy_state
    system.after(lasts, _next, strategy, uuid, place)


def _next(system: System, strategy: str, uuid: str, place: int) -> None:
    """The end of a state: the next one, the end of the step, or its failure."""
    row, step = system.tables.find(TABLE, strategy), system.tables.find(STEPS, uuid)
    if row is None or step is None or (step.get("has_site") and step["state"] in site_vims.STATES):
        return
    text = system.take_mark(f"{step['state']}-fails:{step['cloud']}:")
    if text is not None:
        _end(system, row, step, "failed", f"{step['state']}: {text}")
    elif place + 1 < len(_states(row)):
        _enter(system, strategy, uuid, place + 1)
    else:
        _end(system, row, step, "complete", "")


def _end(system: System, row: Row, step: Row, state: str, details: str) -> None:
    ended = {"state": state, "details": details, "stage": ENDED, "finished-at": system.timeline.stamp()}
    system.update(STEPS, step["uuid"], **ended)
    _tell_subcloud(system, row, step, is_complete=state == "complete")
    if state == "failed" and row["stop-on-failure"]:
        system.update(TABLE, row["uuid"], state="failed")
        return
    waiting = system.tables.first(STEPS, state="initial")
    if waiting is not None and system.tables.row(TABLE, row["uuid"])["state"] == "applying":
        _start(system, row, waiting)
    _close(system, row["uuid"])


def _tell_subcloud(system: System, row: Row, step: Row, *, is_complete: bool) -> None:
    """What the row of a subcloud shows of its step's end."""
    site = system.tables.find(subclouds.TABLE, step["subcloud"])
    if site is None:
        return
    changes: Row = {}
    if row["type"] == "sw-deploy":
        changes["deploy-status"] = "complete" if is_complete else "sw-deploy-apply-strategy-failed"
    if row["type"] == "prestage":
        version = row["extra-args"]["prestage-software-version"]
        changes["prestage-status"] = "complete" if is_complete else "failed"
        changes |= {"prestage-versions": version} if is_complete else {}
    if is_complete and (endpoint := ENDPOINT.get(row["type"])):
        changes["sync"] = {**site["sync"], endpoint: subclouds.IN_SYNC}
    system.update(subclouds.TABLE, site["uuid"], **changes)


def _close(system: System, uuid: str) -> None:
    """The whole strategy ends with its last step."""
    row = system.tables.row(TABLE, uuid)
    states = {step["state"] for step in system.tables.rows(STEPS)}
    if row["state"] not in ("applying", "abort requested", "aborting") or states - set(OVER):
        return
    ends = "failed" if "failed" in states else "aborted" if "aborted" in states else "complete"
    system.update(TABLE, uuid, state=ends)
