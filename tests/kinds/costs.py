"""What each change costs, asked of the planner: every attribute of every kind on the systems that there are.

A case has a resource as it is, and for each of its attributes another value. `python -m tests.kinds.costs` writes the
tables into docs/costs.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.errors import PLEAS
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Plan
from reconciler.model.removal import Pruning, Removal
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption, Prune, Scope
from reconciler.plan import plan
from tests.kinds.cost_cases import CASES, KINDS, REFUSED, Case

PAGE = Path(__file__).parents[2] / "docs" / "costs.md"
MADE, REMOVED = "made", "removed"


def host(name: str, number: int, state: str = "unlocked", **more: Any) -> HostState:
    """A host in service, locked by somebody, or never in service (`new`)."""
    personality = name.split("-", maxsplit=1)[0]
    facts = {
        "id": number,
        "personality": personality,
        "subfunctions": frozenset({personality}),
        "administrative": "unlocked",
        "operational": "enabled",
        "availability": "available",
        "invprovision": "provisioned",
        "inv_state": "inventoried",
        "is_active": name == "controller-0",
        "mgmt_mac": f"52:54:00:00:00:{number:02x}",
    }
    out = {"administrative": "locked", "operational": "disabled", "availability": "online"}
    facts |= out if state != "unlocked" else {}
    facts |= {"invprovision": "unprovisioned"} if state == "new" else {}
    return HostState(name, f"uuid-{name}", **{**facts, **more})  # type: ignore[arg-type]


BOTH = {"subfunctions": frozenset({"controller", "worker"})}


def system(*hosts: HostState, mode: str = "duplex", type_: str = "All-in-one") -> SystemState:
    return SystemState("ottawa", "system", mode, type_, "24.09", {h.name: h for h in hosts})


SYSTEMS = {
    "first install": system(host("controller-0", 1, "new", **BOTH), mode="simplex"),
    "AIO-SX": system(host("controller-0", 1, **BOTH), mode="simplex"),
    "AIO-DX": system(host("controller-0", 1, **BOTH), host("controller-1", 2, **BOTH)),
    "new worker": system(
        host("controller-0", 1), host("controller-1", 2), host("worker-0", 3, "new"), type_="Standard"
    ),
    "standard": system(host("controller-0", 1), host("controller-1", 2), host("worker-0", 3), type_="Standard"),
}
OPERATOR = system(host("controller-0", 1, "locked", **BOTH), mode="simplex")


def _resource(kind: ResourceKind[Any], values: Mapping[str, Any], where: str) -> Resource[Any]:
    spec = kind.spec(**values)
    key = kind.key(spec, where)
    ids: dict[str, str | int] = {"uuid": f"uuid-{key}", "id": 1}
    return Resource(key, spec, ids)


def planned(case: Case, what: str, state: SystemState) -> Plan:
    """The plan of one change of the case: of an attribute, or the resource made or removed."""
    kind, where = KINDS[case.kind], case.place(state)
    have = _resource(kind, case.spec, where)
    change = _changed(kind, have, what, case)
    around = {r.key: r for name, values in case.beside for r in [_resource(KINDS[name], values, _beside(name, where))]}
    want = {k: r for k, r in around.items() if k.kind not in case.only_seen}
    want |= {change.key: change.desired} if change.desired else {}
    seen = around | ({change.key: change.observed} if change.observed else {})
    read = frozenset((name, h) for name in KINDS for h in ("", *state.hosts))
    sides = (Snapshot("ottawa", side, complete=read, system=state) for side in (want, seen))
    return plan(Comparison((change,)), Context(*sides), KINDS)


def _beside(kind: str, where: str) -> str:
    return (where or "controller-0") if KINDS[kind].scope is Scope.HOST else ""


def _changed(kind: ResourceKind[Any], have: Resource[Any], what: str, case: Case) -> Change[Any]:
    if what == MADE:
        return Change(have.key, Action.CREATE, have, None, area=kind.area)
    if what == REMOVED:
        pruning = Pruning(Removal(have.key, "base", "c0ffee"), Prune.AUTO)
        return Change(have.key, Action.DELETE, None, have, area=kind.area, pruning=pruning)
    spec = kind.spec(**{**case.spec, what: case.others[what]})
    want = replace(have, spec=spec)
    action = Action.REPLACE if kind.attributes[what].replaces else Action.UPDATE
    fields = (FieldChange(what, getattr(have.spec, what), case.others[what]),)
    return Change(have.key, action, want, have, fields, area=kind.area)


def cell(case: Case, what: str, state: SystemState) -> str:
    """`none`, `service`, `lock`, `lock of controllers`; `no` for what is impossible there."""
    made = planned(case, what, state)
    if made.blocked:
        return "no"
    prices = {s.disruption for stage in made.stages for s in stage.steps} - {Disruption.LOCK, Disruption.SERVICE}
    worst = max(prices, default=Disruption.NONE)
    if made.locked_hosts:
        where = _where(made.locked_hosts, state, case.place(state) or _own(case))
        return f"lock{where}" if worst is Disruption.NONE else f"lock, {worst}"
    return str(max(worst, made.disruption))


def _own(case: Case) -> str:
    return str(case.spec["name"]) if case.kind == "host" else ""


def _where(locked: tuple[str, ...], state: SystemState, own: str) -> str:
    """Which hosts are locked: nothing for the one that is changed, or the only one."""
    if set(locked) == {own} or len(state.hosts) == 1:
        return ""
    if set(locked) == set(state.hosts) and len({h.personality for h in state.hosts.values()}) > 1:
        return " of all hosts"
    return f" of {' and '.join(sorted({state.hosts[h].personality + 's' for h in locked}))}"


@cache
def rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(what is changed, which of its attributes, cells): attributes of a case with one price are one row."""
    return tuple(_rows())


def _rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for case in CASES:
        priced = [(tuple(cell(case, what, state) for state in SYSTEMS.values()), what) for what in changes(case)]
        order = {cells: i for i, (cells, _) in reversed(list(enumerate(priced)))}
        for cells, group in groupby(sorted(priced, key=lambda p: order[p[0]]), key=lambda p: p[0]):
            yield case.label, ", ".join(what for _, what in group), cells


def changes(case: Case) -> Iterator[str]:
    """What of the case may change: its attributes, and itself."""
    yield from case.others
    if case.is_made:
        yield MADE
        if KINDS[case.kind].has_deletes and case.has_deletes:
            yield REMOVED


def refusals() -> Iterator[tuple[str, str, str, str]]:
    """(what, which change of it, on which systems it is impossible, what the plan says of it)."""
    for case in (*CASES, *REFUSED):
        told: dict[str, list[str]] = {}
        for what in changes(case):
            for name, state in SYSTEMS.items():
                for blocked in planned(case, what, state).blocked:
                    told.setdefault(blocked.reason, []).append(f"{what} {name}")
        yield from ((case.label, _first(where), _second(where), reason) for reason, where in told.items())


def _first(where: list[str]) -> str:
    return ", ".join(dict.fromkeys(w.partition(" ")[0] for w in where))


def _second(where: list[str]) -> str:
    systems = list(dict.fromkeys(w.partition(" ")[2] for w in where))
    return "every system" if len(systems) == len(SYSTEMS) else ", ".join(systems)


def table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ("---",) * len(head), *lines))


def written(page: str) -> str:
    """The page with the tables of today in their places."""
    prices = table(("what", "change", *SYSTEMS), ((label, names, *cells) for label, names, cells in rows()))
    page = _put(page, "costs", prices)
    page = _put(page, "refusals", table(("what", "change", "where", "the plan says"), refusals()))
    return _put(page, "pleas", table(("the platform says", "where"), ((f"`… {p.words} …`", p.source) for p in PLEAS)))


def _put(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name}: `python -m tests.kinds.costs` -->\n", f"<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}{text}{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
