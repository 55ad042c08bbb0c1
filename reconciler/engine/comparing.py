"""What Git says of a site against what it shows: three-way, with what was removed, and without what does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.diff import Present, compare, let_go, prunings, with_deletes, with_unapplied
from reconciler.engine.ignoring import left_out, passed_over, without
from reconciler.engine.judgement import passed_over_by
from reconciler.engine.office import Office, Visit
from reconciler.engine.removed import removed
from reconciler.engine.unsealed import followed
from reconciler.model.change import Comparison
from reconciler.model.kind import Kinds
from reconciler.model.removal import Removals
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Ignored


@dataclass(frozen=True, slots=True)
class Compared:
    """head: what Git says, in the site's own spelling, and as far as it counts. base: the same, when it was followed."""

    head: Snapshot
    found: Comparison
    removals: Removals
    ignored: tuple[Ignored, ...] = ()
    base: Snapshot | None = None
    coverage: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Said:
    """base: what Git said when the site followed it last; None where that is not known."""

    head: Snapshot
    base: Snapshot | None


def compared(visit: Visit, have: Snapshot, office: Office) -> Compared:
    """What differs and counts. It is compared again only where a rule takes something out."""
    said = _said(visit, have, office)
    seen = replace(_compared(said, visit, have, office), coverage=coverage(said.head, have, office.kinds))
    ignored = passed_over_by(visit.settings.ignore, seen.found, office.clock.now())
    if not ignored:
        return seen
    left = left_out(ignored)
    counting = _Said(without(said.head, have, left), said.base and without(said.base, have, left))
    again = _compared(counting, visit, have, office)
    found = passed_over(again.found, left)
    return replace(again, found=found, ignored=ignored, coverage=seen.coverage)


def coverage(head: Snapshot, have: Snapshot, kinds: Kinds) -> dict[str, tuple[int, int]]:
    """Fields that Git says, of those that the site shows and Git could say, by area."""
    said: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for key, resource in have.resources.items():
        kind = kinds[key.kind]
        if kind.is_inventory:
            continue
        names = frozenset(kind.compared(resource.spec))
        wanted = head.resources.get(key)
        shown[kind.area] += len(names)
        said[kind.area] += len(names & wanted.spec.model_fields_set) if wanted else 0
    return {area: (said[area], number) for area, number in sorted(shown.items())}


def _said(visit: Visit, have: Snapshot, office: Office) -> _Said:
    base = office.repository.base(visit.site, visit.base_commit)
    base = base and followed(office.as_seen(base, have), visit.declared, office.kinds)
    return _Said(office.as_seen(visit.desired, have), base)


def _compared(said: _Said, visit: Visit, have: Snapshot, office: Office) -> Compared:
    now = Present(said.head, have)
    gone = removed(visit, now, said.base, office)
    found = let_go(compare(said.head, have, office.kinds, said.base), gone.removals)
    deletes = prunings(gone.removals, visit.settings, office.kinds)
    found = with_deletes(found, now, gone.base, deletes, office.kinds)
    found = with_unapplied(found, now, visit.journal.stored(office.kinds), office.kinds)
    if have.absent:
        found = replace(found, reasons=dict.fromkeys(found.unjudged, have.absent))
    return Compared(said.head, found, gone.removals, base=said.base)
