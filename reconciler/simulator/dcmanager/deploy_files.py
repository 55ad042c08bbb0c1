"""What every subcloud's Deployment Manager is installed with, by release (dcmanager/api/controllers/v1/subcloud_deploy.py).

Only names are shown, never what the files are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.dcmanager.reading import posted, release
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("deploy files")
TABLE = "deploy_files"
KINDS = ("deploy_playbook", "deploy_overrides", "deploy_chart", "prestage_images")
REQUIRED = ("deploy_playbook", "deploy_chart")


@family.on("GET", "/subcloud-deploy")
def show(system: System, call: Call) -> Row:  # noqa: ARG001
    return _shown(system, release(about.of(system), None))


@family.on("GET", "/subcloud-deploy/{release}")
def show_release(system: System, call: Call) -> Row:
    return _shown(system, release(about.of(system), call["release"]))


@family.on("POST", "/subcloud-deploy")
def upload(system: System, call: Call) -> Row:
    """The images for a prestage may come alone; else the playbook and the chart come together."""
    form = posted(call)
    names = {kind: form.files[kind].name for kind in KINDS if kind in form.files}
    missing = [kind for kind in REQUIRED if kind not in names]
    if missing and set(names) != {"prestage_images"}:
        raise refuse(f"error: argument {''.join(f'--{kind}' for kind in missing)} is required")
    version = release(about.of(system), form.fields.get("release"))
    row = system.tables.first(TABLE, release=version) or system.insert(TABLE, release=version)
    system.update(TABLE, row["uuid"], **names)
    return {"software_version": version, **names}


@family.on("DELETE", "/subcloud-deploy")
def delete(system: System, call: Call) -> None:
    _deleted(system, release(about.of(system), None), call)


@family.on("DELETE", "/subcloud-deploy/{release}")
def delete_release(system: System, call: Call) -> None:
    _deleted(system, release(about.of(system), call["release"]), call)


def _deleted(system: System, version: str, call: Call) -> None:
    """All of them, or those that the query names. Unverified."""
    row = system.tables.first(TABLE, release=version)
    if row is None:
        raise refuse(f"Directory not found: /opt/platform/deploy/{version}", 404)
    wants = {name: call.query.get(name, "").lower() == "true" for name in ("prestage_images", "deployment_files")}
    every = not any(wants.values())
    images, files = KINDS[-1:], KINDS[:-1]
    kinds = (images if wants["prestage_images"] or every else ()) + (
        files if wants["deployment_files"] or every else ()
    )
    system.update(TABLE, row["uuid"], **dict.fromkeys(kinds))


def _shown(system: System, version: str) -> Row:
    row = system.tables.first(TABLE, release=version) or {}
    return {"subcloud_deploy": {"software_version": version, **{kind: row.get(kind) for kind in KINDS}}}
