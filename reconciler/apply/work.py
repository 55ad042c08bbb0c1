"""What sending one plan carries along, and the way that each of its deeds and calls goes: kept, and told as it happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from reconciler.apply.remote import Clock, Journal, Pace, Recorder, Remote, unrecorded
from reconciler.model.condition import HostCondition
from reconciler.model.errors import Busy, ReconcilerError, Refused, Stuck, Unauthorized, Unreachable
from reconciler.model.forecast import Act
from reconciler.model.history import Deed, Happening
from reconciler.model.host import SystemState
from reconciler.model.kind import Kinds
from reconciler.model.plan import Method, Stage
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Service

LOOKS = 4
T = TypeVar("T")
Permits = Callable[[tuple[Stage, ...], Snapshot], Awaitable[None]]


class Keeps(Protocol):
    """Runs a deed and keeps its end, so that a process that takes over goes on behind it."""

    async def __call__(self, name: str, deed: Callable[[], Awaitable[T]]) -> T: ...


Lanes = Callable[[Sequence[int]], Sequence[Keeps]]


class Measures(Protocol):
    """Learns how long acts take. kind: of the resources, of calls."""

    def __call__(self, act: Act, host: str, seconds: float, kind: str = "") -> None: ...


async def unkept(name: str, deed: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG001
    """Nothing outlives the process."""
    return await deed()


def unkept_lanes(deeds: Sequence[int]) -> Sequence[Keeps]:
    """Nothing outlives the process, whatever goes on beside it."""
    return [unkept for _ in deeds]


def long(stage: Stage, system: SystemState) -> float:  # noqa: ARG001
    """An hour, where nobody knows better."""
    return 3600.0


def unmeasured(act: Act, host: str, seconds: float, kind: str = "") -> None:
    """Nobody learns from it."""


def nameless(stage: Stage) -> str:  # noqa: ARG001
    """What a host is locked for does not matter to anybody."""
    return ""


async def permitted(left: tuple[Stage, ...], seen: Snapshot) -> None:
    """No gate holds anything."""


@dataclass
class Work:
    """Everything that sending one plan carries along: the outside, the facts, and the ids that calls brought.

    windows: hosts that we locked and that are not unlocked yet, as the journal has them.
    kept: every deed of sending goes through it; one that did not end is done again, looking first.
    lanes: for threads of deeds that go on side by side, the most deeds of each, a keeper for each.
    record: is told what happens, stage and host being those of the deed that is being done.
    permits: asked before one more host is taken out of service, with all stages that are left; raises Held where that
      is to wait.
    lasts: how many seconds a stage takes. measures: is told how long an act took that went its whole way. digest: what tells a stage from another one of the same host.
    """

    site: str
    remote: Remote
    journal: Journal
    clock: Clock
    pace: Pace
    kinds: Kinds
    desired: Snapshot
    say: Callable[[str], None] = lambda _text: None
    made: dict[ResourceKey, dict[str, str | int]] = field(default_factory=dict)
    windows: set[str] = field(default_factory=set)
    permits: Permits = permitted
    lasts: Callable[[Stage, SystemState], float] = long
    measures: Measures = unmeasured
    digest: Callable[[Stage], str] = nameless
    kept: Keeps = unkept
    lanes: Lanes = unkept_lanes
    record: Recorder = unrecorded
    stage: int = 0
    host: str = ""

    async def deed(self, name: str, host: str, deed: Callable[[], Awaitable[T]]) -> T:
        """What came of a deed at a host, now or as it was kept; how it failed is told when it does."""

        async def told() -> T:
            self.host = host
            try:
                return await deed()
            except Exception as error:
                self.tell(Deed.STOPPED, str(error))
                raise

        return await self.kept(name, told)

    async def look(self, kinds: Collection[str], host: str = "") -> Snapshot:
        """The site, looked at, and again where the server failed: in a window, a look too few is a reboot too many."""
        return await self._patiently(lambda: self.remote.look(kinds, host))

    async def get(self, path: str, service: Service = Service.PLATFORM) -> Any:
        """One object, in the same way."""
        return await self._patiently(lambda: self.remote.get(path, service))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        polls = self.pace.polls()
        for _ in range(LOOKS - 1):
            try:
                return await ask()
            except Refused as error:
                if not error.is_unsure:
                    raise
                self.say(f"looking again: {error}")
            await self.clock.sleep(polls())
        return await ask()

    async def send(
        self, method: Method, path: str, body: Any, meaning: str = "", service: Service = Service.PLATFORM
    ) -> Any:
        """The answer to a call. meaning: what its path does not say."""
        at = "" if service is Service.PLATFORM else f"{service} "
        self.tell(Deed.SENT, f"{at}{method} {path}" + (f" ({meaning})" if meaning else ""))
        try:
            answer = await self.remote.send(method, path, body, service)
        except ReconcilerError as error:
            self.tell(Deed.ANSWERED, _answer(error))
            raise
        self.tell(Deed.ANSWERED, "ok")
        return answer

    def tell(self, deed: Deed, text: str) -> None:
        """For the history: nothing secret, and no body."""
        self.record(Happening(self.clock.now(), deed, text, self.host, self.stage))

    async def ask_gates(self, left: tuple[Stage, ...]) -> None:
        """Raise Held where what is left of the plan is to wait.

        Asked in the deed that takes a host out of service, not before it: a process that takes over does the deed
        again, hours later perhaps, and what was permitted then is not permitted now.
        """
        await self.permits(left, await self.look(()))
        self.tell(Deed.SEEN, "no gate is closed")

    def opens(self, stage: Stage, system: SystemState, plan_id: str) -> None:
        """Note that we are about to lock a host, before it is done. It is late once it took twice what was expected."""
        until = self.clock.now() + 2 * self.lasts(stage, system) if stage.unlocks else None
        self.journal.window_opens(stage.host, plan_id, until)
        self.windows.add(stage.host)

    def closed(self, host: str) -> None:
        """Note that a host is unlocked again, or was never locked by us."""
        self.journal.window_closed(host)
        self.windows.discard(host)

    def stands(self, stuck: Stuck, digest: str) -> None:
        """Note how a host is stuck, for later visits. digest: of what it was to be locked for."""
        self.journal.stands(self.condition(stuck, digest))

    def condition(self, stuck: Stuck, digest: str = "") -> HostCondition:
        """How a host is stuck, as a value, since now."""
        return HostCondition(stuck.condition, stuck.host, stuck.said, self.clock.now(), work=digest)

    def over(self, host: str) -> None:
        """Note that a host did what it was told."""
        self.journal.over(host)


def _answer(error: ReconcilerError) -> str:
    if isinstance(error, Refused | Busy | Unauthorized):
        return f"{error.status or 'refused'}: {error.fault}"
    if isinstance(error, Unreachable):
        return f"no usable answer ({error.failure}): {error.detail}"
    return str(error)
