"""All families together: one router, the loaders, the unlock checks in their order, the hooks at host events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reconciler.simulator import views
from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, Handler, HostEvent, Route
from reconciler.simulator.router import Router
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System


class Api:
    """What the families registered, put together once for all systems of a process."""

    def __init__(self, families: Iterable[Family]) -> None:
        families = tuple(families)
        self.collections = {item.path: item for family in families for item in family.collections}
        own = [route for family in families for route in family.routes]
        self.router = Router([*own, *(route for item in self.collections.values() for route in _routes_of(item))])
        self.loaders = [loader for family in families for loader in family.loaders]
        checks = [check for family in families for check in family.unlock_checks]
        self.unlock_checks = sorted(checks, key=lambda check: check[0])
        self._hooks = [hook for family in families for hook in family.host_hooks]

    def host_event(self, system: System, event: HostEvent, host: Row) -> None:
        """Tell every family that asked for this event."""
        for wanted, hook in self._hooks:
            if wanted is event:
                hook(system, system.tables.find("ihosts", host["uuid"]) or host)


def _routes_of(collection: Collection) -> list[Route]:
    path = f"/{collection.path}"
    routes = [
        Route("GET", path, _list_all(collection), writes=False),
        Route("GET", path + "/{uuid}", _show_one(collection), writes=False),
    ]
    if collection.host_key:
        routes.append(Route("GET", "/ihosts/{host}" + path, _list_of_host(collection), writes=False))
    return routes


def _list_all(collection: Collection) -> Handler:
    wanted = frozenset(collection.filters.split())

    def answer(system: System, call: Call) -> Any:
        _refuse_unknown(call, wanted)
        equal = {name: value for name, value in call.query.items() if name in wanted}
        return views.listed(system, collection, system.tables.rows(collection.table_name, **equal), call)

    return answer


def _list_of_host(collection: Collection) -> Handler:
    def answer(system: System, call: Call) -> Any:
        host = system.host(call["host"])
        rows = system.tables.rows(collection.table_name, **{collection.host_key: host["uuid"]})
        return views.listed(system, collection, rows, call, f"ihosts/{host['uuid']}/{collection.path}")

    return answer


def _show_one(collection: Collection) -> Handler:
    def answer(system: System, call: Call) -> Any:
        uuid = uuid_argument("uuid", call["uuid"])
        return views.shown(system, collection, views.one(system, collection, uuid), call)

    return answer


def _refuse_unknown(call: Call, wanted: frozenset[str]) -> None:
    for name in call.query:
        if name not in wanted and name not in views.PAGE_ARGUMENTS and not name.startswith("q."):
            raise refuse(f'Unknown argument: "{name}"')
