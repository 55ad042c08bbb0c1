"""Inventories of sites in service, and what Git could say of them next; for whoever tries plans on twins."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.engine.opening import open_folder
from reconciler.engine.preview import Edit, preview
from reconciler.engine.repository import Repository
from reconciler.engine.trial import Case
from reconciler.kinds import registry
from reconciler.model.words import Result
from tests.desired.writing import document
from tests.e2e.world import playing

SITES = Path(__file__).parents[2] / "sites"
KINDS = registry()
OTTAWA, YARD, PLANT = "ottawa-001", "yard-east", "plant-1"  # an AIO-SX, an AIO-DX, a standard system
DISK = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1"
WIDER = document(
    "HostProfile",
    "yard-server",
    "  interfaces:\n    ethernet:\n    - {name: data0, class: data, mtu: 9000, port: {name: ens1f0}}",
)


@cache
def inventory(name: str) -> Mapping[str, Any]:
    """What `stxr inventory` writes of a site that is in service and in sync."""
    return asyncio.run(_read(name))


async def _read(name: str) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stxr-twins-") as folder:
        root, scratch = copied(Path(folder) / "root", name), Path(folder) / "scratch"
        scratch.mkdir()
        async with playing(root, scratch) as world:
            assert (await world.applied(name)).result is Result.DONE
            async with world.fleet() as fleet:
                return await fleet.inventory(name)


def copied(root: Path, *names: str, own: str = "") -> Path:
    """A site-config folder of these sites of `sites/`; own: documents that each of them says beside."""
    root.mkdir()
    for part in ("fleet.yaml", "profiles", *(f"subclouds/{name}" for name in names)):
        whole = SITES / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, root / part)
    for name in names if own else ():
        (root / f"subclouds/{name}/deployment-config.yaml").write_text(own)
    return root


def said(name: str, own: str = "") -> Repository:
    """What Git says of a site, with documents of its own beside."""
    with tempfile.TemporaryDirectory(prefix="stxr-twins-") as folder:
        repository = open_folder(copied(Path(folder) / "root", name, own=own), KINDS)
        repository.desired(name)
        return repository


def fingerprint(name: str, own: str) -> str:
    """Of the change that these documents are to a site in sync."""
    with tempfile.TemporaryDirectory(prefix="stxr-twins-") as folder:
        before, after = said(name), open_folder(copied(Path(folder) / "root", name, own=own), KINDS)
        return preview(after.site(name), before.desired(name), after.desired(name), KINDS).fingerprint


def case(name: str, own: str) -> Case:
    """A site in service, and documents that are added to what Git says of it."""
    before, after = said(name), said(name, own)
    edit = Edit(before.desired(name), after.settings(name))
    return Case(name, after.desired(name), edit, inventory(name))
