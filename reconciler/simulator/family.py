"""What a resource family registers: collections, routes, loaders, unlock checks, and what it does at host events.

A family file makes one ``Family`` named ``family`` and decorates its functions with it; ``sysinv/__init__.py`` lists
the families. The package docstring of ``reconciler.simulator.sysinv`` shows one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.call import Call
    from reconciler.simulator.system import System

Handler = Callable[["System", "Call"], Any]
"""Answers a call: a Response, a JSON body (200), or None (204). Raises Fault to refuse."""

ABSENT = object()
"""A derived value that leaves its column out (WSME's Unset)."""

Derive = Callable[["System", Row], Mapping[str, Any]]
Loader = Callable[["System"], None]
UnlockCheck = Callable[["System", Row], None]
HostHook = Callable[["System", Row], None]


def _nothing(_system: System, _row: Row) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Collection:
    """One resource as the API shows it. Column lists are texts of names between spaces.

    ``columns`` stand in a list's row; ``more`` besides them where one resource is shown alone (GET one, and the answer
    of a write). ``derive`` gives columns that are not stored. Links are made when shown and never stored;
    ``sublinks`` name what is linked below a resource shown alone, ``row_sublinks`` below a list's row too.
    ``table`` is where the rows are (default: the path). ``host_key`` is the column with the host's uuid: it makes
    ``GET /ihosts/<host>/<path>``. ``noun`` starts "<noun> <id> could not be found."
    """

    path: str
    columns: str
    more: str = ""
    key: str = ""
    noun: str = "Resource"
    host_key: str = ""
    links: str | None = ""
    sublinks: str = ""
    row_sublinks: str = ""
    derive: Derive = _nothing
    table: str = ""
    filters: str = ""

    @property
    def list_key(self) -> str:
        return self.key or self.path

    @property
    def table_name(self) -> str:
        return self.table or self.path


class UnlockStage(IntEnum):
    """The order of checks at unlock; the first failure ends (starlingx/config host.py ``check_unlock``)."""

    HOST = 10  # what the host row itself says
    APPLICATIONS = 20
    CGTS_VG = 30
    CONTROLLER_OAM = 40  # the CONTROLLER stages run for controllers only
    CONTROLLER_FILESYSTEMS = 41
    CONTROLLER_BACKENDS = 42
    CONTROLLER_FS_STATE = 43
    CONTROLLER_DUPLEX_OAM = 44
    WORKER_INTERFACES = 50  # the WORKER stages run for hosts with the worker subfunction
    WORKER_DEVICES = 51
    WORKER_CPUS = 52
    WORKER_MEMORY = 53
    WORKER_STORAGE = 54
    STORAGE_HOST = 60  # storage personality only
    INTERFACES = 70
    PARTITIONS = 80
    SOFTWARE = 90
    KERNEL = 100
    RUNTIME_CONFIG = 110


class HostEvent(StrEnum):
    """Points in a host's life at which families act."""

    DISCOVERED = "discovered"  # added host came up and was inventoried
    LOCKED = "locked"  # mtce has locked it
    UNLOCKING = "unlocking"  # unlock accepted
    ENABLED = "enabled"  # it came back from unlock
    DELETED = "deleted"


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    handler: Handler
    writes: bool


@dataclass
class Family:
    """One resource family's registrations."""

    name: str
    collections: list[Collection] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    loaders: list[Loader] = field(default_factory=list)
    unlock_checks: list[tuple[UnlockStage, UnlockCheck]] = field(default_factory=list)
    host_hooks: list[tuple[HostEvent, HostHook]] = field(default_factory=list)

    def collection(self, collection: Collection) -> Collection:
        """Serve its list, each of its rows, and its list per host. A route of the family's own goes before these."""
        self.collections.append(collection)
        return collection

    def on(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """Answer ``method`` on a path like ``/idns/{uuid}`` (below /v1) with the decorated handler."""

        def register(handler: Handler) -> Handler:
            self.routes.append(Route(method, pattern, handler, method != "GET"))
            return handler

        return register

    def after_load(self, loader: Loader) -> Loader:
        """Run once the rows of an inventory are in the tables, to fill in what lists do not show."""
        self.loaders.append(loader)
        return loader

    def unlock_check(self, stage: UnlockStage) -> Callable[[UnlockCheck], UnlockCheck]:
        """Have the check run at unlock of every host that the stage is for; it raises Fault to refuse."""

        def register(check: UnlockCheck) -> UnlockCheck:
            self.unlock_checks.append((stage, check))
            return check

        return register

    def at(self, event: HostEvent) -> Callable[[HostHook], HostHook]:
        """Run the hook whenever the event happens to a host (its row is given)."""

        def register(hook: HostHook) -> HostHook:
            self.host_hooks.append((event, hook))
            return hook

        return register
