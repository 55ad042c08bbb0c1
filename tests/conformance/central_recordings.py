"""The recordings of a real dcmanager, with what happened in its laboratory between two calls.

Sites, the message bus and Ansible were stood in for (distributed-cloud.md 15): whether a site is online, what an audit finds
and which playbook fails was the laboratory's doing, and is done here before the call that first shows it. One call of
`dcmanager.jsonl` is missing, that which unmanaged its first subcloud before call 134.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.simulator import dcmanager
from reconciler.simulator.dcmanager import about, deploy_files, subclouds
from reconciler.simulator.system import System

from .renaming import renamed_text

ALL = ("dcmanager", "dcmanager-manage-cycle")
ENDPOINTS = subclouds.ENDPOINTS
_UNKNOWN, _IN_SYNC = (dict.fromkeys(ENDPOINTS, word) for word in ("unknown", "in-sync"))
_AUDITED = {**_IN_SYNC, "kubernetes": "out-of-sync", "software": "out-of-sync"}
_AWAY = {"availability-status": "offline", "sync": _UNKNOWN}
_ABOUT = {
    "release": "26.03",
    "supported": ["25.09"],
    "deployed": ["starlingx-26.03.1"],
    "system-uuid": "11111111-2222-3333-4444-555555555555",
}
_FILES = {"release": "26.03", "deploy_playbook": "pb.yaml", "deploy_overrides": "ov.yaml", "deploy_chart": "dm.tgz"}
_FAILS = "bootstrapping-fails:sc2-fail-bootstrap:simulated bootstrap failure"


def _row(**changes: Any) -> dict[str, Any]:
    """Columns of the first subcloud, whatever its name is by then."""
    return {"columns": changes}


HAPPENED: dict[str, dict[int, Any]] = {
    "dcmanager": {
        39: _row(**{"availability-status": "online"}),
        56: {"mark": "prestaging-fails:sc1:"},
        59: {"mark": _FAILS},
        62: {"mark": _FAILS},  # its resumption fails as well
        89: _row(sync=_IN_SYNC),
        92: _row(sync=_AUDITED),
        118: {"mark": "pre-backup-fails:sc1:no inventory"},
        119: _row(sync=_AUDITED),  # no audit saw the end of the strategy
        134: _row(**{"management-state": "unmanaged"}),
        136: _row(**_AWAY),
    },
    "dcmanager-manage-cycle": {
        2: _row(**{"availability-status": "online"}),
        5: _row(sync=_IN_SYNC),
        7: _row(sync={**_IN_SYNC, "platform": "out-of-sync"}),
        8: _row(sync=_IN_SYNC),
        12: _row(**_AWAY),
    },
}


@dataclass(frozen=True)
class CentralRecording:
    name: str
    calls: list[dict[str, Any]]
    happened: dict[int, Any]
    about: dict[str, Any] = field(default_factory=dict)

    def system(self) -> System:
        """The central cloud that it begins with."""
        system = dcmanager.central(**self.about)
        system.insert(deploy_files.TABLE, **_FILES)
        return system


def recording(shared: Path, name: str, change: Callable[[str], str] = str) -> CentralRecording:
    """One of them; `change` rewrites all of its text."""
    calls = [json.loads(change(line)) for line in (shared / "recorded" / f"{name}.jsonl").read_text().splitlines()]
    happened = {seq: json.loads(change(json.dumps(said))) for seq, said in HAPPENED[name].items()}
    centre = {**about.USUAL, **_ABOUT}
    return CentralRecording(name, calls, happened, json.loads(change(json.dumps(centre))))


_WORDS = ((r"\bsc(\d)", r"harbour\1"), (r"\beast\b", "levant"), (r"\bpg1\b", "pair"), (r"\bdc2\b", "elsewhere"))


def renamed(text: str) -> str:
    """In other names, uuids, regions and addresses."""
    for pattern, replacement in _WORDS:
        text = re.sub(pattern, replacement, text)
    return renamed_text(text)


def happen(system: System, said: dict[str, Any]) -> None:
    """What the laboratory did."""
    if "mark" in said:
        system.marks.add(said["mark"])
    else:
        first = system.tables.rows(subclouds.TABLE)[0]
        system.tables.update(subclouds.TABLE, first["uuid"], said["columns"])
