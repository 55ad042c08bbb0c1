"""What is looked at before a deployment (software_controller.py software_deploy_precheck_api, _deploy_precheck).

The real one runs a script that the release brings. Of what it looks at these are simulated: hosts in service, releases that
the new one requires, and whatever the mark `precheck-refuses:<text>` says. Its words are this simulator's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Response
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import releases
from reconciler.simulator.usm.answers import NOT_ACCEPTABLE, rejected, said
from reconciler.simulator.usm.versions import in_bodies, major, parts

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("usm prechecks")
MARK = "precheck-refuses:"


@family.on("POST", "/deploy/{release}/precheck")
def precheck_by_path(system: System, call: Call) -> Response:
    """Up to 26.03."""
    if in_bodies(system):
        raise Fault(404, "The resource could not be found.")
    return prechecked(system, known(system, call["release"]))


@family.on("POST", "/deploy/precheck")
def precheck(system: System, call: Call) -> Response:
    """From then on: a list; what is not in it is what was selected before, and nothing is simulated to be."""
    if not in_bodies(system):
        raise Fault(400, "Missing required arguments: release")
    named = (call.body or {}).get("releases") or []
    if not named:
        why = "No metapackage releases found in selected state for deployment."
        return _told(said(error=f"Failed to validate release(s) for precheck. {why}", additional_data={}))
    row = releases.found(system, named[0])
    if row is None or row["state"] == releases.DEPLOYED:
        why = f"Release {named[0]} does not exist." if row is None else _running(named[0])
        return _told(said(error=f"Failed to validate release(s) for precheck. {why}", additional_data={}))
    return prechecked(system, row)


def _running(name: str) -> str:
    return f"Cannot run precheck against current release {name}."


def known(system: System, release: str) -> Row:
    """_release_basic_checks."""
    row = releases.found(system, release)
    if row is None:
        raise rejected(
            f"Software release version corresponding to the specified release {release} does not exist."
            " Try deleting and re-uploading the software for recovery."
        )
    return row


def prechecked(system: System, row: Row) -> Response:
    """What it found, and what the release is."""
    return _told(said(*_found(system, row), **about(system, row)))


def _found(system: System, row: Row) -> tuple[str, str, str]:
    lines = tuple(findings(system, row))
    info = "System Health:\n" + "".join(f"{line}\n" for line in lines)
    if not any(line.endswith("[Fail]") for line in lines):
        return info, "", ""
    return info, "", f"{ISSUES} {row['release_id']}\n{info}"


ISSUES = "The following issues have been detected, which prevent deploying"


def findings(system: System, row: Row) -> Iterator[str]:
    """A line for each thing that is looked at, `[OK]` or `[Fail]` at its end."""
    out = [h["hostname"] for h in system.hosts() if (h["administrative"], h["operational"]) != ("unlocked", "enabled")]
    yield _line("All hosts are unlocked/enabled", out)
    have = {r["release_id"] for r in releases.all_of(system) if r["state"] in (releases.DEPLOYED, "committed")}
    yield _line("Required patches are applied", sorted(set(_outside(row)) - have))
    for mark in sorted(mark for mark in system.marks if mark.startswith(MARK)):
        yield f"{mark.removeprefix(MARK)}: [Fail]"


def _outside(row: Row) -> Iterator[str]:
    """What it requires of an earlier major release; of its own the deployment brings it along."""
    return (name for name in row["requires"] if major(name) != major(row["sw_version"]))


def _line(what: str, but: list[str]) -> str:
    return f"{what} (not {', '.join(but)}): [Fail]" if but else f"{what}: [OK]"


def about(system: System, row: Row) -> Row:
    """_get_release_additional_info."""
    now = releases.running(system)
    return {
        "system_healthy": all(line.endswith("[OK]") for line in findings(system, row)),
        "major_release": major(row["sw_version"]) != major(str(system.own["software_version"])),
        "reboot_required": row["reboot_required"],
        "prepatched_iso": row["prepatched_iso"],
        "apply_operation": parts(row["sw_version"]) > parts(now["sw_version"]),
    }


def _told(answer: Row) -> Response:
    return Response(NOT_ACCEPTABLE if answer["error"] else 200, answer)
