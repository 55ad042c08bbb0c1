"""A small world for tests of deciding: a few kinds of our own, and snapshots in one line each."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rule import Rule, unordered
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

lowercase = Rule("letter-case", "Upper and lower case are one.", lambda value: value and value.lower())


class Net(Spec):
    name: Annotated[str, Attr(key=True)]
    mtu: int | None = None
    type: Annotated[str | None, Attr(replaces=True)] = None


class Iface(Spec):
    name: Annotated[str, Attr(key=True)]
    mac: Annotated[str | None, Attr(canonical=lowercase)] = None
    members: Annotated[tuple[str, ...] | None, Attr(canonical=unordered)] = None
    mtu: int | None = None


class Link(Spec):
    """An interface on a net; neither can be changed in place."""

    iface: Annotated[str, Attr(key=True, refers_to="iface")]
    net: Annotated[str, Attr(key=True, refers_to="net")]


class Tag(Spec):
    name: Annotated[str, Attr(key=True)]
    value: str | None = None


class Clock(Spec):
    servers: tuple[str, ...] | None = None


class Machine(Spec):
    name: Annotated[str, Attr(key=True)]
    location: str | None = None
    administrative: Annotated[str | None, Attr(lock_state=True)] = None


class After(Spec):
    """Only on a host in service."""

    name: Annotated[str, Attr(key=True)]


def _write(path: str):
    def write(changes, context):
        for change in changes:
            if change.action is Action.DELETE:
                yield Call("DELETE", f"{path}/{{uuid}}", refs={"uuid": Ref(change.key)})
            elif change.action is Action.CREATE:
                yield Call("POST", path, change.want.model_dump(exclude_unset=True), creates=change.key)
            elif fields := {f.name: f.desired for f in change.fields if f.name != "administrative"}:
                yield Call("PATCH", f"{path}/{{uuid}}", replacing(fields), refs={"uuid": Ref(change.key)})

    return write


def _declare(_site):
    return ()


def _kind(name: str, spec: type[Spec], **facts: Any) -> ResourceKind[Any]:
    return ResourceKind(
        name=name,
        spec=spec,
        area=Area.NETWORK,
        read=lambda _rows: (),
        collections=(),
        declare=_declare,
        write=_write(f"/v1/{name}"),
        **{"deletion": Deletion(), **facts},
    )


def _controllers(change, context: Context):
    return [h.name for h in context.system.hosts.values() if h.personality == "controller" and h.is_provisioned]


LOCKED = {"scope": Scope.HOST, "needs": Needs.LOCKED, "disruption": Disruption.LOCK}
KINDS = {
    k.name: k
    for k in (
        _kind("net", Net),
        _kind("iface", Iface, **LOCKED),
        _kind("link", Link, **LOCKED, owns=lambda _site: (), member_of=lambda r: r.spec.iface),
        _kind("tag", Tag, scope=Scope.HOST),
        _kind("clock", Clock, settles=_controllers),
        _kind("machine", Machine),
        _kind("after", After, scope=Scope.HOST, needs=Needs.UNLOCKED),
    )
}
BY_SPEC = {k.spec: k for k in KINDS.values()}


def host(name: str, state: str = "unlocked", **facts: Any) -> HostState:
    """A controller in service, or locked, or never in service (`new`)."""
    base = HostState(name, f"uuid-{name}", 1, "controller", administrative="unlocked", operational="enabled")
    base = replace(base, availability="available", invprovision="provisioned", is_active=name == "controller-0")
    if state in {"locked", "new"}:
        base = replace(base, administrative="locked", operational="disabled", availability="online")
    if state == "new":
        base = replace(base, invprovision="unprovisioned", inv_state="inventoried")
    return replace(base, **facts)


def system(*hosts: HostState, mode: str = "simplex") -> SystemState:
    return SystemState("site", "u", mode, "All-in-one", "24.09", {h.name: h for h in hosts})


def snap(*resources: Any, state: SystemState | None = None, **facts: Any) -> Snapshot:
    """A snapshot of specs, or (host, spec) pairs; complete for every kind and host."""
    state = state or system(host("controller-0"))
    found = {}
    for item in resources:
        where, spec = item if isinstance(item, tuple) else ("controller-0", item)
        key = BY_SPEC[type(spec)].key(spec, where)
        found[key] = Resource(key, spec, {"uuid": f"uuid-of-{key.name}"})
    complete = frozenset((k, h) for k in KINDS for h in ("", *state.hosts))
    return Snapshot("sc-1", found, complete=complete, system=state, **facts)


def key(kind: str, name: str, where: str = "controller-0") -> ResourceKey:
    return ResourceKey(kind, name, where if KINDS[kind].scope is Scope.HOST else "")
