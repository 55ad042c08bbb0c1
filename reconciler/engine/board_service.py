"""The controllers of one site's hosts, as a service whose lists kinds read and to which plans send.

Only what Git says is asked for, only of the hosts that it says it of, and not at each visit: a controller takes seconds. What
it said is believed for an hour; for a minute where something waits for a reset; not at all for a while after it was sent
something. One that did not answer is left alone for some minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Protocol, TypeAlias

from reconciler.clients.http import freely
from reconciler.engine.board_checks import Macs
from reconciler.engine.board_places import Places, macs_of
from reconciler.engine.board_visits import UNKNOWN, BoardVisits
from reconciler.engine.repository import Repository
from reconciler.model.board import Board, BoardError, BoardPlace, Part, Trouble
from reconciler.model.board_check import other_machine
from reconciler.model.board_orders import BoardOrder, SetBios, SetBootOrder, SetSecureBoot
from reconciler.model.dark import HostSight, ailing
from reconciler.model.errors import ConfigError, NotReady, ReconcilerError, Refused
from reconciler.model.kind import Kinds
from reconciler.model.plan import Method
from reconciler.model.rows import COLLECTIONS, Row
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Service

READ_S = 3_600.0
WAITING_S = 60.0
STIRRED_S, SOON_S = 600.0, 2.0
SILENT_S = 600.0
LIMIT_S = 90.0
Facts: TypeAlias = Mapping[str, Mapping[str, frozenset[str]]]
"""hostname -> part of its controller, as in the path of a collection -> names that Git says something of."""


class Now(Protocol):
    def now(self) -> float: ...


def unknown(site: str) -> Mapping[str, str]:  # noqa: ARG001
    """Nobody says by which MAC a host boots."""
    return {}


def facts_of(desired: Snapshot, kinds: Kinds) -> Facts:
    """What Git says of the hosts' controllers, by what of them has to be read for it."""
    found: dict[str, dict[str, set[str]]] = {}
    parts = {name: _part_of(kind.collections) for name, kind in kinds.items()}
    for key in desired.resources:
        if part := parts.get(key.kind, ""):
            found.setdefault(key.host, {}).setdefault(part, set()).add(key.name)
    return {host: {part: frozenset(names) for part, names in said.items()} for host, said in found.items()}


def _part_of(collections: Iterable[str]) -> str:
    known = (COLLECTIONS[name] for name in collections)
    return next((_parsed(one.path)[1] for one in known if one.service is Service.REDFISH), "")


def _parsed(path: str) -> tuple[str, str]:
    """`/boards/<host>/<part>` as host and part."""
    _, _, host, part = path.split("/")
    return host, part


class Said:
    """What Git says of one site's controllers. Looked for once in each rendering: visits ask for it again and again."""

    def __init__(self, desired: Callable[[], Snapshot], kinds: Kinds) -> None:
        self._desired, self._kinds = desired, kinds
        self._known: tuple[Snapshot, Facts] | None = None

    @property
    def facts(self) -> Facts:
        desired = self._desired()
        if self._known is None or self._known[0] is not desired:
            self._known = desired, facts_of(desired, self._kinds)
        return self._known[1]


@dataclass(frozen=True, slots=True)
class _Last:
    at: float
    said: Mapping[str, frozenset[str]]
    board: Board | None = None
    why: str = ""  # there is none
    trouble: Trouble | None = None

    @property
    def good_for_s(self) -> float:
        if self.board is None:
            return SILENT_S
        return WAITING_S if self.board.waiting else READ_S


class SiteBoards:
    """said: what Git says now. macs: by which its hosts boot, as Git says: the controller of another machine is none of it.

    may_write: returns when the site may be written to, asked right before each order. Raises what ends no window but its steps: no controller leaves a host locked.
    """

    def __init__(
        self,
        site: str,
        said: Said,
        places: Places,
        visits: BoardVisits,
        clock: Now,
        *,
        macs: Macs = unknown,
        may_write: Callable[[str], Awaitable[None]] = freely,
    ) -> None:
        self._site, self._said, self._places, self._visits, self._clock = site, said, places, visits, clock
        self._macs, self._may_write = macs, may_write
        self._last: dict[str, _Last] = {}
        self._stirred: dict[str, float] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    @property
    def ailing(self) -> tuple[HostSight, ...]:
        """The hosts that are not well, or whose controller said nothing, when they were read last; nobody is asked for it."""
        known = ((host, self._last[host]) for host in sorted(self._said.facts) if host in self._last)
        return tuple(sight for host, last in known if (sight := _ailing(host, last)))

    def begins(self) -> None:
        """A look begins: what was read before it is not believed of a controller that was sent something lately.

        Between two looks its host may have been reset.
        """
        since = self._clock.now() - STIRRED_S
        for host in [host for host, at in self._stirred.items() if at > since]:
            self._last.pop(host, None)

    async def list(self, path: str, items: str) -> tuple[Row, ...]:  # noqa: ARG002 - as every service is asked
        """The rows of one part of one host's controller; none where Git says nothing of it. Raises NotReady."""
        host, part = _parsed(path)
        said = self._said.facts.get(host, {})
        if part not in said:
            return ()
        async with self._turns.setdefault(host, asyncio.Lock()):  # its parts are asked for side by side
            board = await self._board(host, said)
        return tuple({"hostname": host, **row} for row in ROWS[part](board, said[part]))

    async def get(self, path: str) -> Any:
        """Nothing of a controller is one object here."""
        raise NotReady(f"{self._site}: {path} of a host's controller is a list")

    async def send(self, method: Method, path: str, body: Any) -> Any:
        """One order. What came of it is looked at: Refused where it said no, NotReady where there was no answer."""
        host, part = _parsed(path)
        self._last.pop(host, None)
        self._stirred[host] = self._clock.now()
        try:
            await self._may_write(self._site)
            async with asyncio.timeout(LIMIT_S):
                await self._visits.order(self._place(host), ORDERS[part](body))
        except TimeoutError:
            raise NotReady(f"{self._site} {host}: its controller took no order within {LIMIT_S:g} s") from None
        except BoardError as error:
            if error.trouble is not Trouble.REFUSED:
                raise NotReady(str(error)) from error
            raise Refused(Service.REDFISH, method, path, 0, error.detail, error.site, error.host) from error
        except ConfigError as error:
            raise NotReady(str(error)) from error
        return {}

    async def _board(self, host: str, said: Mapping[str, frozenset[str]]) -> Board:
        last, now = self._last.get(host), self._clock.now()
        is_stirred = now - self._stirred.get(host, -inf) < STIRRED_S
        if last is None or last.said != said or now - last.at >= (SOON_S if is_stirred else last.good_for_s):
            last = self._last[host] = await self._read(host, said)
        if last.board is None:
            raise NotReady(last.why)
        return last.board

    async def _read(self, host: str, said: Mapping[str, frozenset[str]]) -> _Last:
        mac, trouble = self._macs(self._site).get(host, ""), None
        parts = [*(PARTS[part] for part in sorted(said)), Part.SENSORS, *((Part.PORTS,) if mac else ())]
        try:
            async with asyncio.timeout(LIMIT_S):
                board = await self._visits.read(self._place(host), parts)
            if told := other_machine(board, mac):
                return _Last(self._clock.now(), said, why=f"{self._site} {host}: {told}")
            return _Last(self._clock.now(), said, board)
        except TimeoutError:
            why = f"{self._site} {host}: its controller said nothing within {LIMIT_S:g} s"
            trouble = Trouble.SLOW
        except ReconcilerError as error:
            why, trouble = str(error), error.trouble if isinstance(error, BoardError) else None
        return _Last(self._clock.now(), said, why=why, trouble=trouble)

    def _place(self, host: str) -> BoardPlace:
        place = next((each for each in self._places(self._site) if each.host == host), None)
        if place is None:
            raise ConfigError(
                f"{self._site} {host}: site.yaml says what its controller should be, and Git says no address of it: "
                "boardManagement.address of the host, or bmc_address in install-values.yaml for controller-0"
            )
        if not place.lets_us_in:
            raise ConfigError(f"{self._site} {host}: {UNKNOWN}")
        return place


def _ailing(host: str, last: _Last) -> HostSight | None:
    if last.board is None:
        return HostSight(host, last.at, trouble=last.trouble, said=f"{host}: {last.why}")
    return ailing(host, last.at, last.board)


def _bios(board: Board, names: frozenset[str]) -> Iterator[Row]:
    pending = board.pending or {}
    for name, value in (board.bios or {}).items():
        if name in names:
            yield {"name": name, "value": value, "waiting": pending.get(name)}


def _boot_order(board: Board, _names: frozenset[str]) -> Iterator[Row]:
    if board.boot.order:
        options = {each.reference: each.name for each in board.boot_options or ()}
        yield {"order": board.boot.order, "options": options}


def _secure_boot(board: Board, _names: frozenset[str]) -> Iterator[Row]:
    if board.secure_boot is not None:
        yield {"now": board.secure_boot_now, "waiting": board.secure_boot}


def _firmware(board: Board, names: frozenset[str]) -> Iterator[Row]:
    return ({"id": each.id, "version": each.version} for each in board.firmware or () if each.id in names)


PARTS = {
    "bios": Part.BIOS,
    "boot-order": Part.BOOT_OPTIONS,
    "secure-boot": Part.SECURE_BOOT,
    "firmware": Part.FIRMWARE,
}
ROWS: Mapping[str, Callable[[Board, frozenset[str]], Iterator[Row]]] = {
    "bios": _bios,
    "boot-order": _boot_order,
    "secure-boot": _secure_boot,
    "firmware": _firmware,
}
ORDERS: Mapping[str, Callable[[Any], BoardOrder]] = {
    "bios": lambda body: SetBios(dict(body)),
    "boot-order": lambda body: SetBootOrder(tuple(body["order"])),
    "secure-boot": lambda body: SetSecureBoot(bool(body["enabled"])),
}


def board_services(
    repository: Repository,
    kinds: Kinds,
    places: Places,
    visits: BoardVisits,
    clock: Now,
    *,
    may_write: Callable[[str], Awaitable[None]] = freely,
) -> Callable[[str], SiteBoards]:
    """What gives each site its own. may_write: asked right before each order."""

    def of(site: str) -> SiteBoards:
        said = Said(partial(repository.desired, site), kinds)
        return SiteBoards(site, said, places, visits, clock, macs=macs_of(repository), may_write=may_write)

    return of
