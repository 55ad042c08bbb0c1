"""A site that Git describes already, adopted: what differs is written where Git says it, in the lines that must differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.diff import compare, spelled
from reconciler.engine.accept import accept_all
from reconciler.engine.accept_wishes import everything
from reconciler.engine.adoption import Adopted, Wish, adopted, compared, untold
from reconciler.engine.reconcile import Judged
from reconciler.engine.repository import Repository
from reconciler.engine.unsealed import unopened
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Snapshot


def updated(seen: Snapshot, repository: Repository, kinds: Kinds, *, is_short: bool = False) -> Adopted:
    """The files of a site, changed to say it as it is; other sites are left as they are.

    is_short: what the platform makes by itself and Git does not say is not added. Raises ConfigErrors for files that
    are wrong, SourceError.
    """
    want = spelled(unopened(repository.desired(seen.site), kinds), seen, kinds)
    judged = Judged(want, seen, compare(want, seen, kinds), Plan("", seen.site))
    anew = adopted(seen, kinds, Wish(is_short))
    others = (*anew.found.unmanaged, *anew.found.built_in, *anew.found.extra)
    unsaid = frozenset(resource.key for resource in others)
    done = accept_all(judged, repository, kinds, everything(judged, kinds, unsaid))
    before = repository.tree.site_files(seen.site)
    after = replace(before, files={**before.files, **{r.file: r.after.encode() for r in done.rewrites}})
    refused = tuple(f"{item.name}: {why}" for item, why in done.refused)
    found = compared(seen, after, kinds)
    notes = untold(_known(seen, want), kinds)
    return Adopted(seen.site, done.rewrites, anew.left_out, notes, refused, found=found)


def _known(seen: Snapshot, want: Snapshot) -> Snapshot:
    """The site with what Git knows of it beside: where a secret is that the site does not show."""
    return replace(seen, resources={key: _with(one, want.resources.get(key)) for key, one in seen.resources.items()})


def _with(one: Resource[Any], said: Resource[Any] | None) -> Resource[Any]:
    unseen = said.spec.model_dump(include=said.spec.model_fields_set - one.spec.model_fields_set) if said else {}
    return replace(one, spec=one.spec.model_copy(update=unseen))
