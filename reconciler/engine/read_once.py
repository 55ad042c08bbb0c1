"""Values that a site was deployed with and that no API shows: what it has is what was noted when they were sent. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.deployed import Deployed
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action


def as_deployed(have: Snapshot, noted: Deployed | None, kinds: Kinds) -> Snapshot:
    """What the site shows, and what it was deployed with.

    Where nobody noted that, and of a site that is not deployed yet, nothing can be told of it.
    """
    if noted is None or not have.system.hosts:
        return have
    had = [kind.read_once.noted(noted.keys) for kind in kinds.values() if kind.read_once]
    return replace(have, resources={**have.resources, **{resource.key: resource for resource in had}})


def deployed_with(said: Snapshot, kinds: Kinds, *, is_ours: bool) -> Deployed:
    """What is to be noted of a site that is deployed now, or was long ago with what Git says."""
    once = ((kind.read_once, r) for r in said.resources.values() if (kind := kinds[r.key.kind]).read_once)
    keys = {name: digest for read, r in once if read for name, digest in read.keys(r).items()}
    return Deployed(said.revision, keys, is_ours)


def deploys(todo: Plan, kinds: Kinds) -> bool:
    """Whether the plan makes the site what its value files say."""
    return any(change.action is Action.CREATE and kinds[change.key.kind].deploys for change in todo.changes)


def says_the_same(then: Snapshot, now: Snapshot) -> bool:
    """Whether two commits say the same of a site."""
    return {key: r.spec for key, r in then.resources.items()} == {key: r.spec for key, r in now.resources.items()}


def redeploys(todo: Plan, kinds: Kinds) -> str:
    """The word of Git by which the plan has a deployed site deployed anew; "" for none."""
    words = (
        kinds[change.key.kind].once_by(change.want) for change in todo.changes if change.action is not Action.DELETE
    )
    return next(filter(None, words), "")


def is_new(noted: Deployed | None, base: str) -> bool:
    """Whether we had the site deployed, and it has never been in sync: whoever approved that approved what follows."""
    return noted is not None and noted.is_ours and not base
