"""/api/v1/central: what the central cloud said last of the sites, and who is in Git alone, or in dcmanager alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Depends, FastAPI, Response
from pydantic import BaseModel

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import as_json
from reconciler.api.sites import Fleet
from reconciler.model.central import CentralStrategy, Reading, Subcloud
from reconciler.model.role import Role


class Row(BaseModel):
    """A site, as dcmanager has it. busy: what is done with it now that holds our plans; "" where nothing is."""

    site: str
    busy: str
    subcloud: Subcloud


class Centre(BaseModel):
    """read_at: Unix seconds; null where no central cloud is declared, or none was read yet.

    missing: sites in Git that dcmanager has no subcloud for. others: subclouds that Git has no site for.
    """

    read_at: float | None
    strategy: CentralStrategy | None
    sites: list[Row]
    missing: list[str]
    others: list[str]


def add_central(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve it on this application."""

    @app.get(
        "/api/v1/central",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Centre}, **NOT_ALLOWED},
    )
    async def central() -> Response:
        """The list of dcmanager, as it was last read, beside the sites of Git."""
        return as_json(_shown(fleet.central(), {verdict.site for verdict in fleet.verdicts()}))


def _shown(reading: Reading | None, sites: set[str]) -> dict[str, Any]:
    if reading is None:
        return {"read_at": None, "strategy": None, "sites": [], "missing": [], "others": []}
    known = reading.subclouds
    return {
        "read_at": reading.at,
        "strategy": asdict(reading.strategy) if reading.strategy else None,
        "sites": [_row(reading, name) for name in sorted(sites & known.keys())],
        "missing": sorted(sites - known.keys()),
        "others": sorted(known.keys() - sites),
    }


def _row(reading: Reading, name: str) -> dict[str, Any]:
    return {"site": name, "busy": reading.of(name).at_work(name), "subcloud": asdict(reading.subclouds[name])}
