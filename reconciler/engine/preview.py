"""What a change of Git would do, before any site is asked: two renderings compared, the older standing for the site.

Without an inventory the site is assumed to be what the older rendering says, with every host in service: changes and
their cost are right where the site follows Git, and are called an estimate. With one, the plan is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.diff import Alike, Past, Present, alike, compare, gone, prunings, removals, spelled, with_deletes
from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.ignoring import left_out, passed_over, without
from reconciler.engine.judgement import passed_over_by
from reconciler.engine.unsealed import unopened
from reconciler.model.change import Change, Comparison
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource
from reconciler.model.rows import COLLECTIONS, Collection, Row, Rows
from reconciler.model.site import Settings, Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import always_possible
from reconciler.model.words import Action, Scope
from reconciler.observe import interpret
from reconciler.plan import plan

ACTIVE = "controller-0"


@dataclass(frozen=True, slots=True)
class Preview:
    """One site's part of a change.

    context: what it was judged by. base: what Git said before, in the site's own spelling; None where that is not known.
    """

    site: str
    found: Comparison
    plan: Plan
    is_exact: bool
    context: Context
    base: Snapshot | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for equal changes, whatever the site."""
        return fingerprint(self.found)


@dataclass(frozen=True, slots=True)
class Edit:
    """What Git said before, and how the site is treated by what it says now. now: Unix seconds, by which rules end."""

    before: Snapshot | None = None
    settings: Settings = field(default_factory=Settings)
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class Judging:
    """What many previews share. kinds: `lenient`, made once. now: Unix seconds."""

    kinds: Kinds
    now: float = 0.0


def lenient(kinds: Kinds) -> Kinds:
    """The kinds for an estimate: what speaks against a change is on the site (ports, disks, processors)."""
    return {name: replace(kind, impossible=always_possible) for name, kind in kinds.items()}


def preview(site: Site, before: Snapshot, after: Snapshot, kinds: Kinds, judging: Judging | None = None) -> Preview:
    """The change from one rendering to the next, on a site that follows the first."""
    judging = judging or Judging(lenient(kinds))
    observed = _equipped(after, assumed(site, before, kinds), kinds)
    return _preview(after, observed, judging.kinds, Edit(before, site.settings, judging.now), is_exact=False)


def exact(after: Snapshot, inventory: Mapping[str, Any], kinds: Kinds, edit: Edit | None = None) -> Preview:
    """The change that a recorded inventory needs to become what Git says."""
    return exact_of(after, interpret(after.site, rows_of(inventory), kinds, 0.0), kinds, edit)


def exact_of(after: Snapshot, observed: Snapshot, kinds: Kinds, edit: Edit | None = None) -> Preview:
    """The change that a site, as it was read, needs to become what Git says.

    edit: what Git said before; without it nothing is deleted, and nothing is told to have differed before. Secrets are
    not read: a change is reviewed elsewhere.
    """
    edit = edit or Edit()
    before = edit.before and unopened(edit.before, kinds)
    return _preview(unopened(after, kinds), observed, kinds, replace(edit, before=before), is_exact=True)


def alike_in(after: Snapshot, inventory: Mapping[str, Any], kinds: Kinds) -> tuple[Alike, ...]:
    """What a recorded inventory shows otherwise than Git says it, and is the same."""
    observed = interpret(after.site, rows_of(inventory), kinds, 0.0)
    return tuple(alike(spelled(after, observed, kinds), observed, kinds))


def assumed(site: Site, rendering: Snapshot, kinds: Kinds) -> Snapshot:
    """The site that a rendering describes: its resources, and its hosts in service."""
    hosts = {name: _in_service(name, site) for name in site.hosts}
    system = SystemState(site.name, "", _mode(site, hosts), _type(hosts), "", hosts)
    complete = frozenset((kind, host) for kind in kinds for host in ("", *hosts))
    return replace(rendering, complete=complete, system=system, owned=frozenset())


def shape(plan: Plan) -> Any:
    """What a plan does to hosts, and what it leaves out: a site with two controllers swacts where another does not."""
    return tuple((s.type, s.host, s.opening, s.unlocks, s.at_once) for s in plan.stages), plan.blocked


def rows_of(inventory: Mapping[str, Any]) -> Rows:
    """The rows of an inventory file. Lists that it does not have count as not read."""
    listed: dict[tuple[str, str], tuple[Row, ...]] = {}
    hosts = _rows(inventory, COLLECTIONS["ihosts"], COLLECTIONS["ihosts"].path) or ()
    for collection in COLLECTIONS.values():
        if collection.of:
            if (parents := listed.get((collection.of, ""))) is not None:
                listed |= _rows_of_parts(inventory, collection, collection.parts(parents))
            continue
        for name, path in _places(collection, hosts):
            if (rows := _rows(inventory, collection, path)) is not None:
                listed[collection.name, name] = rows
    return Rows(listed)


def _rows_of_parts(
    inventory: Mapping[str, Any], collection: Collection, parts: Iterable[Row]
) -> Mapping[tuple[str, str], tuple[Row, ...]]:
    """The list that is asked for part by part; nothing where a part is missing."""
    found = [(part, _rows(inventory, collection, collection.path.format(**part))) for part in parts]
    if any(rows is None for _, rows in found):
        return {}
    return {(collection.name, ""): tuple({**part, **row} for part, rows in found for row in rows or ())}


def _places(collection: Collection, hosts: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """(host, path) for each list of a collection."""
    if collection.scope is Scope.SYSTEM:
        yield "", collection.path
    else:
        for host in hosts:
            name = str(host.get("hostname") or host["uuid"])
            yield name, collection.place(name, host["uuid"])


def _rows(inventory: Mapping[str, Any], collection: Collection, path: str) -> tuple[Row, ...] | None:
    return collection.rows_in(inventory.get(path))


def _equipped(after: Snapshot, observed: Snapshot, kinds: Kinds) -> Snapshot:
    """The assumed site with what Git names anew and nobody can create: it is there, and nothing else is known of it."""
    context = Context(after, observed)
    missing = (r for key, r in after.resources.items() if key not in observed.resources)
    there = [
        _bare(r, kinds) for r in missing if kinds[r.key.kind].impossible(Change(r.key, Action.CREATE, r, None), context)
    ]
    return replace(observed, resources={**observed.resources, **{r.key: r for r in there}})


def _bare(resource: Resource[Any], kinds: Kinds) -> Resource[Any]:
    kind = kinds[resource.key.kind]
    required = {n for n, field in kind.spec.model_fields.items() if field.is_required()}
    keys = {n for n, fact in kind.attributes.items() if fact.key} | required
    return replace(resource, spec=kind.spec(**{name: getattr(resource.spec, name) for name in keys}))


def _preview(after: Snapshot, observed: Snapshot, kinds: Kinds, edit: Edit, *, is_exact: bool) -> Preview:
    said = _Said(spelled(after, observed, kinds), edit.before and spelled(edit.before, observed, kinds), is_exact)
    found = _found(said, observed, kinds, edit.settings)
    if ignored := passed_over_by(edit.settings.ignore, found, edit.now):
        left = left_out(ignored)
        said = replace(
            said, head=without(said.head, observed, left), base=said.base and without(said.base, observed, left)
        )
        found = passed_over(_found(said, observed, kinds, edit.settings), left)
    context = Context(said.head, observed, workers_out=edit.settings.workers_out(observed.system))
    todo = plan(found, context, kinds, (), after.revision)
    return Preview(after.site, found, todo, is_exact, context, said.base)


@dataclass(frozen=True, slots=True)
class _Said:
    """What Git says now and said before, in the site's own spelling."""

    head: Snapshot
    base: Snapshot | None
    is_exact: bool


def _found(said: _Said, observed: Snapshot, kinds: Kinds, settings: Settings) -> Comparison:
    # what differs and Git says as before is no part of the edit: only what was read can show it
    found = compare(said.head, observed, kinds, said.base if said.is_exact else None)
    return _deleting(found, Present(said.head, observed), kinds, said.base, settings)


def _deleting(found: Comparison, now: Present, kinds: Kinds, base: Snapshot | None, settings: Settings) -> Comparison:
    """With the deletes that the edit brings about."""
    if base is None:
        return found
    commits = dict.fromkeys(gone(base, now.head, kinds), now.head.revision)
    known = removals(now, Past(base), commits, kinds)
    return with_deletes(found, now, base, prunings(known, settings, kinds), kinds)


def _mode(site: Site, hosts: Mapping[str, HostState]) -> str:
    said = site.bootstrap_values.text("system_mode") if site.bootstrap_values else ""
    return said or ("simplex" if len(_controllers(hosts)) == 1 else "duplex")


def _type(hosts: Mapping[str, HostState]) -> str:
    """All-in-one where the controllers are workers too, by what Git says of their subfunctions."""
    told = [h.subfunctions for h in _controllers(hosts) if h.subfunctions != {"controller"}]
    return "All-in-one" if told or len(hosts) == len(_controllers(hosts)) else "Standard"


def _controllers(hosts: Mapping[str, HostState]) -> list[HostState]:
    return [h for h in hosts.values() if h.personality == "controller"]


def _in_service(name: str, site: Site) -> HostState:
    profile = site.hosts[name]
    personality = profile.text("personality") or "controller"
    subfunctions = frozenset(str(s.value) for s in profile.listed("subfunctions")) or frozenset({personality})
    return HostState(
        name=name,
        uuid="",
        id=0,
        personality=personality,
        subfunctions=subfunctions,
        administrative="unlocked",
        operational="enabled",
        availability="available",
        invprovision="provisioned",
        inv_state="inventoried",
        is_active=name == ACTIVE,
    )
