"""What a change of Git does to the fleet, as a Review: each site looked at, equal ones together. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from reconciler.desired import undeployable
from reconciler.engine.judgement import differences
from reconciler.engine.preview import Edit, Judging, Preview, exact_of, lenient, preview
from reconciler.engine.repository import Repository
from reconciler.engine.review_forecast import Foreseen
from reconciler.engine.review_groups import Groups
from reconciler.engine.review_holds import Reached
from reconciler.engine.subcloud_side import NOT_DEPLOYED
from reconciler.engine.taken import newly_met
from reconciler.kinds import registry
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.errors import ConfigError, ConfigErrors, ReconcilerError
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.merge import Merge
from reconciler.model.origin import Origin
from reconciler.model.review import Finding, Review
from reconciler.model.rows import COLLECTIONS
from reconciler.model.site import Settings, Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Difference
from reconciler.model.waves import Mass
from reconciler.model.words import Cause, Service
from reconciler.plan import plan


def nothing_read(_site: str) -> Snapshot | None:
    """Of no site anything was read: every plan is an estimate."""
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside Git.

    now: Unix seconds. root: the folder of the repository that holds fleet.yaml.
    observed: what was read of a site last, with the time of the reading; None where nothing was. May raise ConfigError.
    durations: how long acts take on this fleet.
    """

    now: float
    root: str = ""
    observed: Callable[[str], Snapshot | None] = nothing_read
    durations: Durations = NOTHING


def moved(before: Repository, after: Repository) -> tuple[str, ...]:
    """The sites whose inputs differ, those that came or went included."""
    old, new = before.tree.keys, after.tree.keys
    return tuple(sorted(n for n in before.names | after.names if old.get(n) != new.get(n)))


@dataclass(frozen=True, slots=True)
class Looked:
    """A review, and of each of its groups the site that stands for it, with its real plan; in the same order."""

    review: Review
    previews: tuple[Preview, ...]


def reviewed(before: Repository, after: Repository, names: Iterable[str], known: Known) -> Review:
    """What these sites would feel if the one became the other. What Git says wrongly is in `errors`, not raised."""
    return looked_over(before, after, names, known).review


def looked_over(before: Repository, after: Repository, names: Iterable[str], known: Known) -> Looked:
    """The same, with what a forecast or a proof needs of each group."""
    names = tuple(sorted(names))
    groups, unknown, errors = Groups(registry(), known.durations), list[str](), dict[Finding, None]()
    reached, foreseen = Reached(known.now, known.durations), Foreseen(known.now, known.durations)
    for name in (n for n in names if n in after.names):
        try:
            one = _site(before, after, name, known)
        except ReconcilerError as error:
            errors |= dict.fromkeys(findings(error))
            continue
        if one is None:
            unknown.append(name)
        elif one.preview.found.changes or one.preview.found.unjudged:
            groups.add(one.preview, one.before, one.read_at)
            reached.add(one.preview, one.settings, _merge(before, after, name, one.settings, known.now))
            foreseen.add(one.preview, one.settings)
    errors |= dict.fromkeys(each for met in newly_met(before, after, frozenset(names)) for each in findings(met))
    made = groups.made()
    review = Review(
        base=before.commit,
        head=after.commit,
        root=known.root,
        made_at=known.now,
        fleet=len(after.names),
        reached=len(names),
        groups=tuple(group for group, _ in made),
        new=tuple(n for n in unknown if n not in before.names),
        gone=tuple(n for n in names if n not in after.names),
        broken=tuple(n for n in unknown if n in before.names),
        errors=tuple(sorted(errors, key=lambda e: (e.file, e.line, e.column))),
        held=reached.held(_mass(after), len(after.names)),
        forecast=foreseen.made(after),
    )
    return Looked(review, tuple(preview for _, preview in made))


def _merge(before: Repository, after: Repository, name: str, settings: Settings, now: float) -> Merge | None:
    """The merge that this would be; None where no rule asks for it."""
    if not settings.merged:
        return None
    return Merge(after.commit, "", "", now, after.moved_from(before, name))


def _mass(after: Repository) -> Mass:
    """How much is too much; where fleet.yaml is wrong, every site says so."""
    try:
        fleet = after.fleet()
    except ReconcilerError:
        return Mass()
    return fleet.mass if fleet else Mass()


@dataclass(frozen=True, slots=True)
class _Site:
    """preview: of what the edit changes. before: what differs there already, and the edit does not touch."""

    preview: Preview
    settings: Settings
    before: tuple[Difference, ...] = ()
    read_at: float | None = None


def _site(before: Repository, after: Repository, name: str, known: Known) -> _Site | None:
    """The site's part of the change; None where the base says nothing of it, or says it wrongly.

    Raises what the head says wrongly.
    """
    said, observed = _said(before, name), _observed(known, name)
    site, wanted = after.whole(name)
    if observed is not None:
        whole = exact_of(wanted, observed, registry(), Edit(said, site.settings, known.now))
        return _Site(_of_the_edit(whole, said), site.settings, _before(whole), observed.taken_at)
    if said is None:
        is_added = site.settings.subcloud and name not in before.names
        return _added(site, wanted, known, after.releases()) if is_added else None
    return _Site(preview(site, said, wanted, registry(), Judging(_lenient(), known.now)), site.settings)


def _added(site: Site, wanted: Snapshot, known: Known, releases: Collection[str]) -> _Site:
    """A site that is to be deployed: what that takes, and that the rest is planned when it is there.

    Raises ConfigErrors for what dcmanager would refuse.
    """
    if refused := undeployable(site, releases):
        raise ConfigErrors(refused)
    kinds = registry()
    complete = frozenset((name, "") for name, kind in kinds.items() if _is_central(kind))
    nobody = Snapshot(site.name, {}, complete=complete, absent=NOT_DEPLOYED)
    return _Site(exact_of(wanted, nobody, kinds, Edit(None, site.settings, known.now)), site.settings)


def _is_central(kind: ResourceKind[Any]) -> bool:
    return all(COLLECTIONS[name].service is Service.DCMANAGER for name in kind.collections)


@cache
def _lenient() -> Kinds:
    return lenient(registry())


def _observed(known: Known, name: str) -> Snapshot | None:
    """What was read of the site. What is wrong with a reading is in no file of Git."""
    try:
        return known.observed(name)
    except ConfigError as error:
        raise ReconcilerError(str(error)) from None


def _said(before: Repository, name: str) -> Snapshot | None:
    """What the base says of a site; None where it says nothing, or says it wrongly."""
    try:
        return before.desired(name) if name in before.names else None
    except ConfigErrors:
        return None


def _of_the_edit(whole: Preview, said: Snapshot | None) -> Preview:
    """What the edit alone changes, and costs: what differed before would be there without it, and so would its price."""
    before, want = said.resources if said else {}, whole.context.desired.resources
    changes = tuple(change for change in whole.found.changes if change.cause is Cause.PENDING)
    unjudged = tuple(key for key in whole.found.unjudged if before.get(key) != want.get(key))
    found = replace(whole.found, changes=changes, extra=(), unjudged=unjudged)
    if len(changes) == len(whole.found.changes):
        return replace(whole, found=found)
    return replace(whole, found=found, plan=plan(found, whole.context, registry(), (), whole.plan.commit))


def _before(whole: Preview) -> tuple[Difference, ...]:
    return tuple(d for d in differences(whole.found, whole.plan) if d.cause is not Cause.PENDING)


def findings(error: ReconcilerError) -> Iterator[Finding]:
    """What is wrong, one finding for each place."""
    for one in error if isinstance(error, ConfigErrors) else (error,):
        yield _finding(one)


def _finding(error: ReconcilerError) -> Finding:
    if not isinstance(error, ConfigError) or not error.origin:
        return Finding(str(error))
    origin = error.origin if isinstance(error.origin, Origin) else Origin.of(error.origin)
    return Finding(error.message, *origin) if origin else Finding(error.message, str(error.origin))
