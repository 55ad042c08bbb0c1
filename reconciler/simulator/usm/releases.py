"""Releases of a system: listed, uploaded, deleted (software/api/controllers/v1/release.py, release_data.py, states.py)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault
from reconciler.simulator.family import Family
from reconciler.simulator.forms import Form
from reconciler.simulator.tables import Row
from reconciler.simulator.usm.answers import rejected, said
from reconciler.simulator.usm.versions import in_bodies, major, parts

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("usm releases")
TABLE = "usm_releases"
DEPLOYED, UNAVAILABLE, AVAILABLE, DEPLOYING, REMOVING = "deployed", "unavailable", "available", "deploying", "removing"
DELETABLE = (AVAILABLE, UNAVAILABLE, "upload-failed")
QUERIED = (AVAILABLE, UNAVAILABLE, DEPLOYED, REMOVING, "committed", DEPLOYING)
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


def fill(system: System) -> None:
    """A system that was installed has the release that it runs, and had it at its first request."""
    if not any(row.get("state") != AVAILABLE for row in system.tables.rows(TABLE)):
        put(system, str(system.own["software_version"]), DEPLOYED)


def put(system: System, version: str, state: str = AVAILABLE, **facts: Any) -> Row:
    """A release of this version (`24.09.1`, or `24.09` for the major release) in a state.

    facts: columns of the list that are not as they usually are, as reboot_required or requires.
    """
    return system.insert(TABLE, sw_version=version if version.count(".") > 1 else f"{version}.0", state=state, **facts)


def receive(system: System, names: Iterable[str]) -> None:
    """Releases that dcmanager has copied here: those that are later than what runs are available now.

    starlingx/ansible-playbooks roles/prestage/sync-software-metadata/files/ostree-metadata-sync.sh sync_subcloud_metadata.
    """
    fill(system)
    for name in names:
        version = name.rpartition("-")[2]
        if found(system, name) is None and parts(version) > parts(running(system)["sw_version"]):
            put(system, version, release_id=name)


def all_of(system: System) -> list[Row]:
    """As the list shows them, the lowest first."""
    return sorted((_shown(system, row) for row in system.tables.rows(TABLE)), key=lambda row: parts(row["sw_version"]))


def found(system: System, release: str) -> Row | None:
    """One of them by its id, with its uuid."""
    rows = ((row, _shown(system, row)) for row in system.tables.rows(TABLE))
    return next(({**shown, "uuid": row["uuid"]} for row, shown in rows if shown["release_id"] == release), None)


def running(system: System) -> Row:
    """The highest that is deployed; where none is, of those that were (release_data.py running_release)."""
    rows = all_of(system)
    return max((r for r in rows if r["state"] in (DEPLOYED, UNAVAILABLE)), key=lambda row: parts(row["sw_version"]))


def set_state(system: System, releases: Collection[str], state: str) -> None:
    for release in releases:
        row = found(system, release)
        if row is not None:
            system.update(TABLE, row["uuid"], state=state)


def in_state(system: System, state: str) -> list[Row]:
    return [row for row in all_of(system) if row["state"] == state]


@family.on("GET", "/release")
def show_all(system: System, call: Call) -> list[Row]:
    """`show` takes a state, `release` a text that has the version in it (software_release_query_cached)."""
    rows = all_of(system)
    if call.query.get("show") in QUERIED:
        return [row for row in rows if row["state"] == call.query["show"]]
    if "release" in call.query:
        return [row for row in rows if row["sw_version"] in call.query["release"]]
    return rows


@family.on("GET", "/release/{release}")
def show(system: System, call: Call) -> Row:
    row = found(system, call["release"])
    if row is None:
        raise Fault(404, f"Release {call['release']} not found")
    return {name: value for name, value in row.items() if name != "uuid"}


def _are(state: str) -> None:
    @family.on("GET", f"/release/is_{state}/{{release}}")
    def are(system: System, call: Call) -> bool:
        row = found(system, call["release"])
        return row is not None and row["state"] == state


for _state in (AVAILABLE, DEPLOYED, "committed"):
    _are(_state)


@family.on("POST", "/release")
def upload(system: System, call: Call) -> Row:
    """Files whose names have the version in them; of what they hold nothing is looked at."""
    names = [file.name for file in call.body.files.values()] if isinstance(call.body, Form) else list(call.body or [])
    if not names:
        raise rejected("No files uploaded")
    return said(info="".join(_uploaded(system, name) for name in names), upload_info=[])


def _uploaded(system: System, name: str) -> str:
    version = _VERSION.search(name.rsplit("/", 1)[-1])
    if version is None:
        raise rejected(f"{name} is not a release.")
    row = put(system, version.group(0))
    return f"{_id(row)} is now uploaded\n"


@family.on("DELETE", "/release/{release}")
def delete(system: System, call: Call) -> Row:
    return _deleted(system, [call["release"]])


@family.on("DELETE", "/release/{release}/{other}")
def delete_two(system: System, call: Call) -> Row:
    return _deleted(system, sorted({call["release"], call["other"]}))


def _deleted(system: System, names: list[str]) -> Row:
    """software_release_delete_api: all of them, or none."""
    rows = {name: found(system, name) for name in names}
    if faults := "".join(_why_not_deleted(rows)):
        raise rejected(faults)
    for row in filter(None, rows.values()):
        system.tables.delete(TABLE, row["uuid"])
    return said(info="".join(f"{name} has been deleted\n" for name in names))


def _why_not_deleted(rows: dict[str, Row | None]) -> Iterator[str]:
    absent = [name for name, row in rows.items() if row is None]
    in_use = [name for name, row in rows.items() if row is not None and row["state"] not in DELETABLE]
    if absent:
        yield f"Release{'' if len(absent) == 1 else 's'} {','.join(absent)} can not be found\n"
    if in_use:
        one = len(in_use) == 1
        yield f"Release{'' if one else 's'} {','.join(in_use)} {'is' if one else 'are'} not ready to be deleted\n"


def _id(row: Row) -> str:
    return str(row.get("release_id") or f"starlingx-{row['sw_version']}")


def _shown(system: System, row: Row) -> Row:
    """to_query_dict, without what packages there are."""
    version = str(row["sw_version"])
    usual = {
        "component": "starlingx", "status": "REL", "unremovable": version == f"{major(version)}.0", "summary": "",
        "description": "", "install_instructions": "", "warnings": "", "reboot_required": True, "prepatched_iso": False,
        "preinstalled_patches": [], "requires": [], "packages": [], "activation_scripts": [],
    }  # fmt: skip
    made_of = {"metapackages": {f"base_{version}": {"state": row["state"]}}, "pre_upgrade_deploy": {}}
    said_of = {name: row.get(name, value) for name, value in usual.items()}
    more = made_of if in_bodies(system) else {}
    return {"release_id": _id(row), "state": row["state"], "sw_version": version, **said_of, **more}
