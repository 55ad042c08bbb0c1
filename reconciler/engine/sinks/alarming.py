"""Keeps the system controller's alarms as the drift of the fleet is, now and then, and again where that failed.

Opted into by `driftAlarms` of fleet.yaml. Where that is taken back, what we raised is cleared; where nobody ever asked
for alarms, nobody's Fault Management is asked for anything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from reconciler.clients import Clock, Endpoint
from reconciler.desired import DriftAlarms
from reconciler.engine.backoff import Backoff
from reconciler.engine.sinks.drift_alarms import Known
from reconciler.engine.sinks.fault_management import AlarmService, follow
from reconciler.model.alarm import Alarm
from reconciler.model.alarming import AlarmCall, Alarming
from reconciler.model.errors import ConfigError, ReconcilerError

LOOK_S = 30.0
LONGEST_S = 600.0
ALL = 1.0  # of a step: there is one of us, and nobody to be out of step with


Opens = Callable[[Endpoint], AbstractAsyncContextManager[AlarmService]]


class Kept(Protocol):
    """Where it is written down how the alarms are kept; `store.alarming` is it."""

    def get(self) -> Alarming: ...

    def put(self, alarming: Alarming) -> None: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the job goes by, asked anew at each turn; each may raise ReconcilerError.

    setting: what Git says of alarms; None where it says nothing. known: what they are to be made of.
    where: the system controller; None where none is declared. leads: whether this process is
    the one that raises.
    """

    setting: Callable[[], DriftAlarms | None]
    known: Callable[[], Awaitable[Known]]
    where: Callable[[], Endpoint | None]
    leads: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class World:
    """What the job works with. say: to the operator's log. count: each call, and whether it went well.

    tell: how they are kept, at each turn. every_s: between two looks.
    """

    opens: Opens
    kept: Kept
    clock: Clock
    say: Callable[[str], None]
    count: Callable[[AlarmCall, bool], None]
    tell: Callable[[Alarming], None]
    every_s: float = LOOK_S


@dataclass(slots=True)
class DriftAlarming:
    """The job. Belongs to one event loop."""

    wishes: Wishes
    world: World
    _line: AsyncExitStack = field(default_factory=AsyncExitStack)
    _open: tuple[Endpoint, AlarmService] | None = None
    _is_clean: bool = False  # looked at since nobody wants alarms any more

    async def run(self) -> None:
        """Until cancelled."""
        backoff = Backoff(self.world.every_s, LONGEST_S)
        try:
            while True:
                tries = await self.turn() if self.wishes.leads() else 0
                await self.world.clock.sleep(backoff.wait_s(tries, ALL) or self.world.every_s)
        finally:
            await self._line.aclose()

    async def turn(self) -> int:
        """Look once, and bring what stands to what should; how many tries in a row did not go well.

        What is under way may be cut off at any call.
        """
        before = self.world.kept.get()
        try:
            after = await self._kept(before)
        except ReconcilerError as error:
            after = self._failed(before, error)
        if before.tries and not after.tries:
            self.world.say("the alarms of the system controller are as they should be again")
        if after != before:
            self.world.kept.put(after)
        self.world.tell(after)
        return after.tries

    async def _kept(self, before: Alarming) -> Alarming:
        setting = self.wishes.setting()
        raises = setting is not None and setting.raises
        if not raises and not before.may_stand and (setting is None or self._is_clean):
            return Alarming()
        if raises and not before.may_stand:
            self.world.kept.put(replace(before, may_stand=True))  # before the first is raised
        self._is_clean = False
        stand = await self._followed(setting.apart_up_to if setting and raises else 0)
        self._is_clean = not raises
        return Alarming(may_stand=raises, stand=stand)

    async def _followed(self, apart_up_to: int) -> int:
        """apart_up_to: 0 where no alarm is wanted."""
        service = _Counted(await self._service(), self.world.count)
        known = await self.wishes.known() if apart_up_to else Known()
        return await follow(replace(known, apart_up_to=apart_up_to), service)

    async def _service(self) -> AlarmService:
        """The client, kept for its token until another system controller is declared."""
        endpoint = self.wishes.where()
        if endpoint is None:
            raise ConfigError(
                "driftAlarms of fleet.yaml are for the system controller, and none is declared: "
                "say systemController in fleet.yaml, or in the endpoints file"
            )
        if self._open is None or self._open[0] != endpoint:
            await self._line.aclose()
            self._line = AsyncExitStack()
            self._open = None
            self._open = endpoint, await self._line.enter_async_context(self.world.opens(endpoint))
        return self._open[1]

    def _failed(self, before: Alarming, error: ReconcilerError) -> Alarming:
        said = str(error)
        if said != before.error:
            self.world.say(f"the alarms of the system controller are not kept: {said}")
        since = self.world.clock.now() if before.failing_since is None else before.failing_since
        now = self.world.kept.get()  # what was noted on the way
        return replace(now, failing_since=since, tries=before.tries + 1, error=said)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The service, each call of it counted."""

    service: AlarmService
    count: Callable[[AlarmCall, bool], None]

    async def alarms_of(self, alarm_id: str) -> tuple[Alarm, ...]:
        with self._one(AlarmCall.LOOK):
            return await self.service.alarms_of(alarm_id)

    async def raise_alarm(self, alarm: Alarm) -> None:
        with self._one(AlarmCall.RAISE):
            await self.service.raise_alarm(alarm)

    async def clear(self, uuid: str) -> None:
        with self._one(AlarmCall.CLEAR):
            await self.service.clear(uuid)

    @contextmanager
    def _one(self, call: AlarmCall) -> Iterator[None]:
        is_well = False
        try:
            yield
            is_well = True
        finally:
            self.count(call, is_well)
