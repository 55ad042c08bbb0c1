"""/api/v1/holds: every closed gate of every site, since when, and when it may open; who waits longest comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import as_json
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.model.gate import GateName
from reconciler.model.role import Role
from reconciler.model.verdict import Verdict


class Closed(BaseModel):
    """A gate that holds the plan of a site, or a part of it. until: when it may open; null where nobody can say."""

    site: str
    group: str
    plan: str
    gate: GateName
    reason: str
    since: float | None
    until: float | None


class Holds(BaseModel):
    """counts: sites by gate, of all that are listed."""

    counts: dict[GateName, int]
    holds: list[Closed]


class Narrowing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gate: GateName | None = None
    group: str = ""
    site: str = ""

    def takes(self, closed: dict[str, Any]) -> bool:
        asked = {"gate": self.gate or "", "group": self.group, "site": self.site}
        return all(closed[name] == wanted for name, wanted in asked.items() if wanted)


def add_holds(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve them on this application."""

    @app.get(
        "/api/v1/holds",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Holds}, **NOT_ALLOWED, **NO_SUCH_SITE},
    )
    async def holds(only: Annotated[Narrowing, Query()]) -> Response:
        """What waits, for what, since when. `gate`, `group` and `site` narrow it."""
        if only.site:
            known(fleet, only.site)
        found = sorted(filter(only.takes, _closed(fleet.verdicts())), key=lambda one: (one["since"] or 0, one["site"]))
        return as_json({"counts": _counts(found), "holds": found})


def _closed(verdicts: Iterable[Verdict]) -> Iterator[dict[str, Any]]:
    for verdict in verdicts:
        for hold in verdict.holds:
            yield {"site": verdict.site, "group": verdict.group, "plan": verdict.plan_id} | asdict(hold)


def _counts(found: Iterable[dict[str, Any]]) -> dict[str, int]:
    sites: dict[str, set[str]] = {}
    for one in found:
        sites.setdefault(str(one["gate"]), set()).add(one["site"])
    return {gate: len(names) for gate, names in sorted(sites.items())}
