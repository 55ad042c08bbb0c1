"""Names of interfaces, which are unique on a host: who holds one, who gives way, in which order they change.

The only interface that ever gives way is one over a port: it takes the name of its port, which is always free, since
no other interface may have it (sysinv interface.py _check_ports). Everything else that holds a name keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action


def of_port(port: str, host: str, context: Context) -> str:
    """The name of a port's interface when everything that Git says is done."""
    key = ResourceKey("ethernet", port, host)
    want, have = context.desired.resources.get(key), context.observed.resources.get(key)
    if want and want.spec.name:
        return str(want.spec.name)
    name = str(have.spec.name) if have else port
    return port if interfaces.described(name, host, context) else name


def freed(change: Change[Any], context: Context) -> Iterator[Call]:
    """The call, if one is needed, by which a port's interface gives its name to the interface that is created."""
    holder = interfaces.observed(change.want.name, change.key.host, context)
    port = carriers.port_of(holder.spec.carrier) if holder else ""
    ethernet = context.desired.resources.get(ResourceKey("ethernet", port, change.key.host))
    if port and not (ethernet and ethernet.spec.name):
        yield gives_way(port, change.key.host)


def gives_way(port: str, host: str) -> Call:
    """A port's interface takes the name of its port."""
    body = replacing({"ifname": port})
    return Call("PATCH", f"{interfaces.PATH}/{{uuid}}", body, refs={"uuid": Ref(ResourceKey("ethernet", port, host))})


def taken(change: Change[Any], context: Context) -> str:
    """Why the name that Git gives cannot be had: something other than a port's interface holds it."""
    if change.action is not Action.CREATE and "name" not in change.names:
        return ""
    holder = interfaces.observed(change.want.name, change.key.host, context)
    if holder is None or carriers.port_of(holder.spec.carrier):
        return ""
    return f"the name {change.want.name} is held by {holder.spec.carrier}, which Git does not describe: rename one"


def in_turn(changes: Sequence[Change[Any]], context: Context) -> Iterator[Call]:
    """The updates of ports' interfaces of one host, each when the name that it takes is free."""
    host = next((c.key.host for c in changes), "")
    held = {str(e.spec.name): str(e.spec.port) for e in interfaces.ethernets(context.observed.resources, host)}
    waiting = list(changes)
    while waiting:
        change = next((c for c in waiting if _is_free(c, held)), waiting[0])
        if not _is_free(change, held):
            holder = held.pop(change.want.name)
            held[holder] = holder
            yield gives_way(holder, host)
        waiting.remove(change)
        _rename(change, held)
        yield interfaces.update(change)


def _is_free(change: Change[Any], held: dict[str, str]) -> bool:
    name, port = change.want.name, change.want.port
    # a port that is itself called so never gives way: the platform says that, and why
    return "name" not in change.names or held.get(name, port) in {port, name}


def _rename(change: Change[Any], held: dict[str, str]) -> None:
    if "name" in change.names:
        old = next((name for name, port in held.items() if port == change.want.port), None)
        held.pop(old or "", None)
        held[change.want.name] = change.want.port


def lowers_first(changes: Iterable[Change[Any]]) -> list[Change[Any]]:
    """Changes of one kind, what stands below before what stands on it: a VF may be over a VF."""
    by_name = {c.key.name: c for c in changes}
    return sorted(by_name.values(), key=lambda c: (len(_below(c, by_name)), c.key.name))


def _below(change: Change[Any], by_name: Mapping[str, Change[Any]]) -> set[str]:
    found: set[str] = set()
    lower = _lower(change)
    while lower in by_name and lower not in found:
        found.add(lower)
        lower = _lower(by_name[lower])
    return found


def _lower(change: Change[Any]) -> str:
    return str((change.want if change.desired else change.have).lower or "")
