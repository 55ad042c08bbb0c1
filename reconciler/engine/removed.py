"""What was removed from Git since the site followed it last: asked of the repository's past, proved anew each time.

Nothing here deletes. Where the past cannot be told (no base, another history, a site that was not in Git meanwhile) it
says why, and then nothing is a removal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.diff import Past, Present, gone, removals
from reconciler.engine.office import Office, Visit
from reconciler.model.removal import Removals
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot

STEPS = 50  # commits back from the head that are read one by one; what is older is halved
Keys = frozenset[ResourceKey]
Reading = Callable[[str], Keys | None]  # the keys that a commit says; None for what cannot be read


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
    commits = _commits(frozenset(fresh), visit, now, office) if proof and fresh else {}
    return Removed(removals(now, past, commits, office.kinds), proof)


def _lost(visit: Visit, base: Snapshot | None, office: Office, *, is_asked: bool) -> str:
    """Why what Git said before proves nothing; "" if it does, or if nobody asks it."""
    repository, site, commit = office.repository, visit.site, visit.base_commit
    if base is None:
        return repository.why_no_base(site, commit)
    if not is_asked or repository.always_had(site, commit):
        return ""
    return f"the site was not in Git all the time since {commit[:12]}, which it followed last"


def _commits(keys: Keys, visit: Visit, now: Present, office: Office) -> Mapping[ResourceKey, str]:
    """The commit that removed each key, "" for uncommitted edits."""
    repository = office.repository
    head = repository.commit if repository.is_committed else ""
    between = [c for c in repository.since(visit.site, visit.base_commit) if c != head]

    def said(commit: str) -> Keys | None:
        found = _rendered(visit, commit, now, office)
        return frozenset(found.resources) if found else None

    return removed_by(keys, (*between, head), said)


def _rendered(visit: Visit, commit: str, now: Present, office: Office) -> Snapshot | None:
    said = office.repository.base(visit.site, commit)
    return said and office.as_seen(said, now.observed)


def removed_by(keys: Keys, commits: Sequence[str], said: Reading) -> Mapping[ResourceKey, str]:
    """The commit that took each key out, the last one if several did. Said before the first, not said by the last.

    A commit that cannot be read is passed over: the next one that can be counts for both. Of a long history only the
    newest `STEPS` are read one by one; in what is older, one that took the key out is found by halving.
    """
    found: dict[ResourceKey, str] = {}
    later = len(commits) - 1
    oldest = max(later - STEPS, 0)
    for place in range(later - 1, oldest - 1, -1):
        if keys <= found.keys():
            return found
        if (has := said(commits[place])) is not None:
            found |= dict.fromkeys((keys & has) - found.keys(), commits[later])
            later = place
    return found | {k: commits[_halved(k, later, commits, said) if oldest else later] for k in keys - found.keys()}


def _halved(key: ResourceKey, last: int, commits: Sequence[str], said: Reading) -> int:
    """The place of a commit that does not say the key, after one that does; the last one does not."""
    first = -1  # the base says it
    while last - first > 1:
        middle = (first + last) // 2
        if key in (said(commits[middle]) or ()):
            first = middle
        else:
            last = middle
    return last
