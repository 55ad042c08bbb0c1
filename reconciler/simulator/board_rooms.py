"""The controllers of simulated sites' hosts, as Git names them: `/<site>/boards/<host>/redfish/v1`.

A controller has power when its host has none. What it says of its host's is what the site's is, and what it switches is
switched there: a site whose controllers are all off answers nobody, whatever its line is like.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from aiohttp import web

from reconciler.simulator.exchange import Request
from reconciler.simulator.redfish import Bmc
from reconciler.simulator.redfish.shell import Standing, answer
from reconciler.simulator.site import Site

SERVICE = "boards"
BoardsOf = Callable[[str], Mapping[str, Bmc]]


def no_boards(_site: str) -> Mapping[str, Bmc]:
    return {}


class BoardRooms:
    """Controllers by site and host, made when the first of a site is asked for. of: what Git says of a site's."""

    def __init__(self, sites: Mapping[str, Site], of: BoardsOf, closing: asyncio.Event) -> None:
        self._sites, self._of, self._closing = sites, of, closing
        self._rooms: dict[str, Mapping[str, Standing]] = {}

    def room(self, name: str) -> Mapping[str, Standing]:
        """The controllers of a site's hosts, and what keeps them from answering."""
        if name not in self._rooms and name in self._sites:
            site = self._sites[name]
            self._rooms[name] = {host: Standing(bmc, site.pace) for host, bmc in self._of(name).items()}
            for host, standing in self._rooms[name].items():
                standing.bmc.switched = partial(_switched, site, host)
                standing.seen_boots = site.boots(host)
        return self._rooms.get(name, {})

    async def answer(self, name: str, asked: Request, request: web.Request) -> web.StreamResponse:
        """asked: with the host as the first part of its path, and the site's boards as its base."""
        host, _, below = asked.path.lstrip("/").partition("/")
        standing = self.room(name).get(host)
        if standing is None:
            return web.json_response({"error": f"Git names no controller of {name} {host}"}, status=404)
        _follow(self._sites[name], host, standing)
        inner = replace(asked, path=f"/{below}", base=f"{asked.base}/{host}")
        return await answer(standing, inner, request, self._closing)


def _follow(site: Site, host: str, standing: Standing) -> None:
    """What its host did by itself: a boot, which takes up what waits for one; power that somebody else switched.

    What the controller itself is about to switch is not over yet.
    """
    bmc = standing.bmc
    bmc.advance(standing.now)
    if (boots := site.boots(host)) != standing.seen_boots:
        standing.seen_boots = boots
        bmc.boot_begins()
    if bmc.power in {"On", "Off"}:
        bmc.power = "On" if site.is_on(host) else "Off"


def _switched(site: Site, host: str, on: bool) -> None:
    site.switch(host, on=on)
