"""What was removed from Git since the site followed it last: asked of the repository's past, proved anew each time.

Nothing here deletes. Where the past cannot be told (no base, another history, a site that was not in Git meanwhile) it
says why, and then nothing is a removal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.diff import Past, Present, gone, removals, spelled
from reconciler.engine.office import Office, Visit
from reconciler.model.removal import Removals
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot

Said = tuple[str, frozenset[ResourceKey] | None]  # a commit, and the keys that it says; None for what cannot be read


@dataclass(frozen=True, slots=True)
class Removed:
    """base: the rendering that proves removals; None where there is none, and nothing is deleted."""

    removals: Removals
    base: Snapshot | None


def removed(visit: Visit, now: Present, base: Snapshot | None, office: Office) -> Removed:
    """Everything that Git said and does not say any more. base: what the site followed last, spelled."""
    fresh = gone(base, now.head, office.kinds).keys() - {r.key for r in visit.carried} if base else set()
    lost = _lost(visit, base, office, is_asked=bool(fresh or visit.carried))
    proof = None if lost else base
    older = {r.base: _rendered(visit, r.base, now, office) for r in visit.carried} if proof else {}
    past = Past(proof, older, visit.carried, visit.declared, f"nothing is deleted: {lost}" if lost else "")
    commits = _removed_by(frozenset(fresh), proof, _steps(visit, now, office)) if proof and fresh else {}
    return Removed(removals(now, past, commits, office.kinds), proof)


def _lost(visit: Visit, base: Snapshot | None, office: Office, *, is_asked: bool) -> str:
    """Why what Git said before proves nothing; "" if it does, or if nobody asks it."""
    repository, site, commit = office.repository, visit.site, visit.base_commit
    if base is None:
        return repository.why_no_base(site, commit)
    if not is_asked or all(repository.has(site, step) for step in repository.since(site, commit)):
        return ""
    return f"the site was not in Git all the time since {commit[:12]}, which it followed last"


def _steps(visit: Visit, now: Present, office: Office) -> Iterator[Said]:
    """What each commit since the base says, oldest first; at last the head."""
    repository = office.repository
    for commit in repository.since(visit.site, visit.base_commit):
        said = _rendered(visit, commit, now, office)
        yield commit, frozenset(said.resources) if said else None
    yield repository.commit if repository.is_committed else "", frozenset(now.head.resources)


def _rendered(visit: Visit, commit: str, now: Present, office: Office) -> Snapshot | None:
    said = office.repository.base(visit.site, commit)
    return said and spelled(said, now.observed, office.kinds)


def _removed_by(keys: frozenset[ResourceKey], base: Snapshot, steps: Iterable[Said]) -> Mapping[ResourceKey, str]:
    """The last step that took each key out."""
    commits: dict[ResourceKey, str] = {}
    before = frozenset(base.resources)
    for commit, said in steps:
        if said is None:
            continue  # nobody can say what it took out: the next one that can be read counts for both
        commits |= dict.fromkeys((before - said) & keys, commit)
        before = said
    return commits
