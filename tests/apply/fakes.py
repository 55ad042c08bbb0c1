"""A site in memory that does what it is told, when it is told to; and a clock that only moves when slept on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.apply import Pace, Work
from reconciler.model.condition import HostCondition
from reconciler.model.errors import Busy, Failure, Refused, Unreachable
from reconciler.model.host import SystemState
from reconciler.model.kind import Kinds
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored
from reconciler.model.words import Service
from tests.worlds import KINDS, snap


class FakeClock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, until)  # who waits beside us waits at the same time


@dataclass
class FakeJournal:
    open: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    standing: dict[str, HostCondition] = field(default_factory=dict)
    due: dict[str, float | None] = field(default_factory=dict)
    notes: dict[ResourceKey, Stored] = field(default_factory=dict)

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        self.due[host] = until
        self.open[host] = plan_id
        self.told.append(("opens", host))

    def window_closed(self, host: str) -> None:
        self.open.pop(host, None)
        self.told.append(("closed", host))

    def stands(self, condition: HostCondition) -> None:
        self.standing[condition.host] = condition

    def over(self, host: str) -> None:
        self.standing.pop(host, None)

    def stores(self, note: Stored) -> None:
        self.notes[note.key] = note

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:
        return tuple(self.notes.values())

    def applied(self, key: ResourceKey) -> None:
        self.notes.pop(key, None)


def unreachable(sent: bool) -> Unreachable:
    return Unreachable("platform", "PATCH", "/v1/x", Failure.TIMEOUT, "timed out", sent=sent, site="sc-1")


def refused(text: str = "no") -> Refused:
    return Refused("platform", "PATCH", "/v1/x", 400, text, "sc-1", "controller-0")


def busy(text: str = "is pending. Please wait") -> Busy:
    return Busy("platform", "PATCH", "/v1/x", 400, text, "sc-1", "controller-0")


class FakeSite:
    """The remote of one site: specs that calls change, hosts that walk from state to state a look at a time."""

    def __init__(self, shown: Snapshot) -> None:
        self.shown = shown
        self.sent: list[str] = []
        self.before: dict[str, list[Exception]] = {}  # "PATCH /v1/net" -> errors instead of the effect
        self.after: dict[str, list[Exception]] = {}  # errors after the effect
        self.looks: list[Callable[[], None]] = []  # done one at each look
        self.walks: list[str] = []
        self.forgotten = 0

    took_s = 0.0

    @property
    def system(self) -> SystemState:
        return self.shown.system

    async def look(self, kinds: Any = (), host: str = "") -> Snapshot:
        if self.looks:
            self.looks.pop(0)()
        elif self.walks:
            self._arrive(self.walks.pop(0))
        return self.shown

    def forget(self) -> None:
        self.forgotten += 1

    async def get(self, path: str, service: Service = Service.PLATFORM) -> Any:
        raise AssertionError(path)

    async def send(self, method: str, path: str, body: Any, service: Service = Service.PLATFORM) -> Any:
        name = f"{method} {self._name(path, body)}"
        if errors := self.before.get(name):
            raise errors.pop(0)
        self.sent.append(name)
        answer = self._effect(method, path, body)
        if errors := self.after.get(name):
            raise errors.pop(0)
        return answer

    def _name(self, path: str, body: Any) -> str:
        if "/ihosts/" in path:
            return f"{body[0]['value']} {path.rsplit('uuid-', 1)[1]}"
        return "/".join(path.split("/")[:3])

    def _effect(self, method: str, path: str, body: Any) -> Any:
        if "/ihosts/" in path:
            return self._act(path.rsplit("uuid-", 1)[1], body[0]["value"])
        kind = KINDS[path.split("/")[2]]
        if method == "POST":
            spec = kind.spec(**body)
            return self.put(Resource(kind.key(spec, "controller-0"), spec, {"uuid": f"uuid-of-{kind.key(spec).name}"}))
        [key] = [
            k for k, r in self.shown.resources.items() if path.endswith(str(r.ids["uuid"])) and k.kind == kind.name
        ]
        if method == "DELETE":
            return self.drop(key)
        old = self.shown.resources[key]
        values = {op["path"][1:]: op["value"] for op in body}
        said = old.spec.model_dump(exclude_unset=True)
        return self.put(replace(old, spec=kind.spec(**said | values)))

    def put(self, resource: Resource[Any]) -> Any:
        self.shown = replace(self.shown, resources={**self.shown.resources, resource.key: resource})
        return dict(resource.ids)

    def drop(self, key: ResourceKey) -> None:
        self.shown = replace(self.shown, resources={k: r for k, r in self.shown.resources.items() if k != key})

    def host(self, name: str, **facts: Any) -> None:
        hosts = dict(self.shown.system.hosts)
        hosts[name] = replace(hosts[name], **facts)
        self.shown = replace(self.shown, system=replace(self.shown.system, hosts=hosts))

    def _act(self, name: str, action: str) -> Any:
        self.host(name, task={"lock": "Locking", "unlock": "Unlocking", "swact": "Swacting"}[action])
        self.walks += [f"{name} still", f"{name} {action}"]
        return {}

    def _arrive(self, walk: str) -> None:
        name, state = walk.split()
        if state == "lock":
            self.host(name, administrative="locked", operational="disabled", availability="online", task="")
        elif state == "unlock":
            self.host(name, administrative="unlocked", operational="enabled", availability="available", task="")
        elif state == "swact":
            for other in self.shown.system.hosts:
                self.host(other, is_active=other != name, task="")


def work_on(site: FakeSite, desired: Snapshot | None = None, journal: FakeJournal | None = None) -> Work:
    """Everything that sending carries along, over a fake site."""
    return Work("sc-1", site, journal or FakeJournal(), FakeClock(), Pace(), KINDS, desired or snap())
