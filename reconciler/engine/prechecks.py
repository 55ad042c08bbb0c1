"""What services say beforehand of what a plan asks them to do by themselves; asked seldom, for it takes them a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from reconciler.model.errors import ReconcilerError, Refused
from reconciler.model.plan import Call, Method, Plan
from reconciler.model.words import Service

FRESH_S = 300.0
Send = Callable[[Method, str, Any, Service], Awaitable[Any]]


class Now(Protocol):
    def now(self) -> float: ...


class Prechecks:
    """Of one site; keeps what was said for a while."""

    def __init__(self, clock: Now) -> None:
        self._clock = clock
        self._said: dict[str, tuple[float, str]] = {}

    async def of(self, plan: Plan, send: Send) -> tuple[str, ...]:
        """Why services would refuse what the plan has for them, in their words; nothing where they would do it.

        Who does not answer is asked again with the call itself: that tells why.
        """
        asked = [errand.asks for errand in plan.errands if errand.asks]
        return tuple(dict.fromkeys(filter(None, [await self._one(call, send) for call in asked])))

    async def _one(self, call: Call, send: Send) -> str:
        key, now = f"{call.service} {call.path} {call.body}", self._clock.now()
        at, said = self._said.get(key, (-FRESH_S, ""))
        if now - at < FRESH_S:
            return said
        try:
            await send(call.method, call.path, call.body, call.service)
        except Refused as refused:
            said = f"{call.service} refuses it: {refused.fault}"
        except ReconcilerError:
            return ""
        else:
            said = ""
        self._said = {key: (now, said)}
        return said
