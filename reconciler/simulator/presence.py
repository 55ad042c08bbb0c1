"""Which sites are there: those that always were, and those that the central cloud has bootstrapped since.

A machine that is being installed is gone; a site that was bootstrapped anew is a fresh system, and answers as one. What is
in the rack and was never deployed answers nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from reconciler.simulator import fm, posted, usm, vim
from reconciler.simulator.dcmanager.subclouds import TABLE
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.interference import Connection, absence
from reconciler.simulator.site import Site
from reconciler.simulator.system import System
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import releases

SERVICES: Mapping[str, Callable[[System, Request], Response]] = {
    "nfv": vim.handle, "usm": usm.handle, "platform": lambda system, request: system.handle(request)
}  # fmt: skip
Make = Callable[[str, Callable[[], System]], Site]


class Presence:
    """The sites by name, kept as the central cloud's rows say. It is also what that cloud sees of them (dcmanager.beyond)."""

    def __init__(self, central: Site, sites: dict[str, Site], make: Make, racked: Collection[str] = ()) -> None:
        self._central = central
        self._sites = sites
        self._make = make
        self._rows: dict[str, str] = {}  # a site's name -> the uuid of its row
        for name in racked:
            sites[name].is_there = False

    def site(self, name: str) -> Site | None:
        """A site as it is now; None where nobody ever heard of it."""
        row = self._row(name) if self._central.is_built else None
        if row is None and name not in self._sites and self._central.is_built:
            row = self._central.system.tables.first(TABLE, name=name)  # renamed since
        return self._followed(row) if row is not None else self._sites.get(name)

    def answers(self, row: Row) -> bool | None:
        """Whether the site of a row answers now; None where there is no such site."""
        site = self._followed(row)
        return site.is_up and site.interference.connection is Connection.UP if site else None

    def alarms(self, row: Row) -> Mapping[str, int] | None:
        """How many alarms stand there; a site that nobody has asked for is not built for it."""
        site = self._followed(row)
        if site is None or not site.is_built:
            return None if site is None else {}
        answer = fm.handle(site.system, Request("GET", "/v1/alarms/summary")).body
        return {"warning": answer["warnings"], **answer}

    def ask(self, row: Row, service: str, request: Request) -> Response | None:
        """The answer of a service of its site, a 503 where that is away; None where there is no such site."""
        site = self._followed(row)
        if site is None:
            return None
        is_reached = site.is_up and site.interference.connection is Connection.UP
        if not is_reached or absence(site.system.address_moves, site.system.now):
            return Response(503)
        return SERVICES[service](site.system, request)

    def oam(self, row: Row) -> str:
        """Its floating OAM address, as its own platform says it; "" where there is no such site, or it has none."""
        site = self._followed(row)
        answer = site.system.handle(Request("GET", "/v1/iextoam")).body if site else {}
        return next((each["oam_floating_ip"] or "" for each in answer.get("iextoams", ())), "")

    def _row(self, name: str) -> Row | None:
        tables = self._central.system.tables
        row = tables.find(TABLE, self._rows.get(name))
        if row is None and (not self._rows or name in self._rows or not self._is_there(name)):
            self._rows = {each["site"]: each["uuid"] for each in tables.rows(TABLE)}
            row = tables.find(TABLE, self._rows.get(name))
        return row

    def _is_there(self, name: str) -> bool:
        return name in self._sites and self._sites[name].is_there

    def _followed(self, row: Row) -> Site | None:
        name = row["site"]
        if name not in self._sites:
            if not row["bootstraps"]:
                return None
            self._sites[name] = self._make(name, lambda: posted.build(self._row(name) or row))
        site = self._sites[name]
        site.follow(is_there=row["there"], bootstraps=row["bootstraps"], region=row["region-name"])
        if row.get("prestaged"):
            releases.receive(site.system, row["prestaged"])
        return site
