"""The store of a controller that was stopped a moment ago: every site was read in the last period, and was in sync."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from reconciler.diff import compare
from reconciler.engine.opening import MIRROR, open_commit
from reconciler.engine.preview import assumed
from reconciler.engine.reconcile import Judged
from reconciler.engine.repository import Repository
from reconciler.engine.verdicts import Whose, found
from reconciler.kinds import registry
from reconciler.model.kind import Context
from reconciler.model.outcome import Outcome
from reconciler.model.verdict import Verdict
from reconciler.model.words import Result
from reconciler.plan import plan
from reconciler.sources.mirror import Mirror
from reconciler.store import Store


def remember(repo: Path, state: Path, period_s: float, unknown: Iterable[str] = ()) -> None:
    """Fill a new state folder. The verdicts' ages are spread over the period. unknown: sites that were never read."""
    with Store.open(state) as store:
        mirror = Mirror.open(repo, state / MIRROR)
        mirror.fetch(datetime.now(UTC))
        with open_commit(mirror, registry()) as repository:
            names = sorted(repository.names - set(unknown))
            for number, name in enumerate(names):
                store.save(_verdict(repository, name, time.time() - period_s * number / len(names)))
                store.set_base(name, repository.commit, repository.desired(name).resources)
            mirror.keep_all(dict.fromkeys(names, repository.commit))


def _verdict(repository: Repository, name: str, at: float) -> Verdict:
    want = repository.desired(name)
    have = assumed(repository.site(name), want, registry())
    seen = compare(want, have, registry())
    todo = plan(seen, Context(want, have), registry())
    whose = Whose(name, repository.settings(name), repository.commit, repository.tree.keys[name])
    return found(whose, Judged(want, have, seen, todo), Outcome(todo.id, Result.IN_SYNC), at)
