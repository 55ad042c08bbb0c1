"""What `stxr accept --propose` pushes and opens: from a clone, or from the repository that a URL names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from reconciler.cli.session import Chosen
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.forges import load_forge, open_forge
from reconciler.engine.accept import Acceptance
from reconciler.engine.opening import LOOKS
from reconciler.engine.proposing import Proposed, Target, propose
from reconciler.model.errors import ConfigError
from reconciler.sources.mirror import Mirror
from reconciler.sources.pushing import clone_of
from reconciler.store import drift_of, has_store, state_folder


def proposed(chosen: Chosen, result: Acceptance, branch: str, forge: Path | None) -> Proposed:
    """The branch that was pushed, and the pull request where a forge is named. Raises SourceError, ForgeError."""
    known = drift_of(chosen.state, chosen.database) if has_store(chosen.state, chosen.database) else {}
    drift = known[result.site].open if result.site in known else {}

    async def done() -> Proposed:
        target = _target(chosen)
        if forge is None:
            return await propose(result, target, drift, branch=branch)
        async with open_forge(load_forge(forge), SYSTEM_CLOCK) as opened:
            there = Target(target.mirror, target.head, target.base, target.root, opened)
            return await propose(result, there, drift, branch=branch)

    return asyncio.run(done())


def proposal_lines(one: Proposed) -> Iterator[str]:
    """What was pushed, and what comes next."""
    yield ""
    yield f"{'pushed' if one.is_new else 'is there already:'} {one.branch}: {one.commit[:12]}"
    yield f"pull request {one.number}: {one.url}" if one.number else f"no --forge is named: {one.next}"


def _target(chosen: Chosen) -> Target:
    folder = Path(chosen.repo)
    if folder.is_dir():
        clone = clone_of(folder)
        return Target(clone.mirror, clone.head, clone.branch, f"{clone.root}{chosen.path}")
    mirror = Mirror.open(chosen.repo, state_folder(chosen.state) / LOOKS)
    head = mirror.head()
    if head is None:
        raise ConfigError(f"{mirror.location} was not fetched yet")
    return Target(mirror, head.commit, head.branch, chosen.path)
