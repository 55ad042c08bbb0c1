"""What the review of a pull request costs that changes a profile which 1,000 of 5,000 sites use, and how long its comment is.

Estimated, as a forge's CI does it, and exact, with a reading of each site that is interpreted again. Most of it is the
rendering of each site before and after; a site's share must not grow with their number.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import repository
from benchmarks.repository import Shape
from benchmarks.result import Result
from reconciler.engine.opening import open_commit
from reconciler.engine.preview import rows_of
from reconciler.engine.reviewing import Known, moved, nothing_read, reviewed
from reconciler.kinds import registry
from reconciler.model.review import Review
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret
from reconciler.review.markdown import comment
from reconciler.simulator import build_repo
from reconciler.simulator.inventory_file import dump
from reconciler.sources.mirror import Mirror

NOW = 1_795_100_000.0
PROFILE = "profiles/base-0/deployment-config.yaml"
COMMENT_BYTES, CPU_S, GROWTH = 20_000, 30.0, 2.0
Observed = Callable[[str], Snapshot | None]


def run(shape: Shape = Shape(), part: int = 10) -> list[Result]:  # noqa: B008 - a frozen value
    """Every figure. part: how many times fewer sites are reviewed to see how it grows."""
    with tempfile.TemporaryDirectory(prefix="bench-review-") as folder:
        fleet = Path(folder) / "fleet"
        base = repository.bare(fleet, repository.files(shape))
        head = repository.commit(fleet, {PROFILE: repository.base(0, "ntp.example.com")}, "Move the time servers")
        observed = _shown(Path(folder) / "one")
        found, cpu_s = _reviewed(fleet, base, head)
        few, few_s = _reviewed(fleet, base, head, part)
        exact, exact_s = _reviewed(fleet, base, head, observed=observed)
    sites = shape.users("base-0")
    assert len(found.sites) == len(exact.sites) == sites == part * len(few.sites)
    length = max(len(comment(one).encode()) for one in (found, exact))
    return [
        Result(f"review-{sites}-of-{shape.sites}-cpu", cpu_s, "s", CPU_S),
        Result(f"review-{sites}-of-{shape.sites}-read-cpu", exact_s, "s", CPU_S),
        Result(f"review-site-{sites}-to-{sites // part}", cpu_s / few_s / part, "ratio", GROWTH),
        Result(f"review-{sites}-of-{shape.sites}-comment", length, "bytes", COMMENT_BYTES),
    ]


def _reviewed(
    fleet: Path, base: str, head: str, part: int = 1, observed: Observed = nothing_read
) -> tuple[Review, float]:
    """The review of every so many-th site, and its CPU seconds: with opening both commits, git's included."""
    before = os.times()
    mirror = Mirror.in_place(fleet)
    with open_commit(mirror, registry(), "", base) as old, open_commit(mirror, registry(), "", head) as new:
        found = reviewed(old, new, moved(old, new)[::part], Known(NOW, observed=observed))
        comment(found)
    after = os.times()
    return found, sum(after[:4]) - sum(before[:4])


def _shown(root: Path) -> Observed:
    """What one simulated site shows, as the reading of each."""
    repository.work_tree(root, repository.files(Shape(sites=1)))
    shown = dump(build_repo.build(root, repository.site_name(0)))
    return lambda site: interpret(site, rows_of(shown), registry(), NOW - 3600)
