"""5,000 sites of the usual mix: from a commit to the sites that it reaches, and the memory of holding them all."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import generated
from benchmarks.result import Result
from reconciler.desired import fleet_part, layers_of
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites

SITES = 5_000
REPEATS = 5
HELD = """
import resource, sys, time
from pathlib import Path
from reconciler.engine.judgement import differences, state_of
from reconciler.engine.preview import assumed
from reconciler.engine.reconcile import Judged
from reconciler.engine.opening import open_folder
from reconciler.engine.verdicts import Whose, found
from reconciler.diff import compare
from reconciler.kinds import registry
from reconciler.model.kind import Context
from reconciler.model.outcome import Outcome
from reconciler.model.words import Result
from reconciler.plan import plan
repository = open_folder(Path(sys.argv[1]), registry())
began, verdicts = time.process_time(), {}
for name in sorted(repository.names):
    want = repository.desired(name)
    have = assumed(repository.site(name), want, registry())
    judged_found = compare(want, have, registry())
    todo = plan(judged_found, Context(want, have), registry())
    judged = Judged(want, have, judged_found, todo)
    whose = Whose(name, repository.settings(name), "c", repository.tree.keys[name])
    verdicts[name] = found(whose, judged, Outcome(todo.id, Result.IN_SYNC), 0.0)
spent = time.process_time() - began
print(len(verdicts), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, spent)
"""


def run() -> list[Result]:
    """Every figure of this benchmark, on a repository made for it."""
    with tempfile.TemporaryDirectory(prefix="bench-fleet-") as folder:
        root = Path(folder) / "repo"
        generated.written(root, SITES)
        return [*_commits(root, Path(folder) / "state"), *_memory(root)]


def _commits(root: Path, state: Path) -> list[Result]:
    with Mirror.open(root, state) as mirror:
        sites = GitSites(mirror, layers_of, fleet_part=fleet_part)
        sites.advance(mirror.fetch(datetime.now(UTC)).commit)
        one = [_timed(mirror, sites, _edited_site(root, sites, n)) for n in range(REPEATS)]
        wide, reached = _widest(root, sites)
        many = [_timed(mirror, sites, _edited(wide, n)) for n in range(REPEATS)]
    assert [n for _, n in one] == [1] * REPEATS
    return [
        Result("fleet_commit_of_one_site", median(ms for ms, _ in one), "ms", 100),
        Result("fleet_profile_users", reached, "sites"),
        Result("fleet_commit_of_a_profile", median(ms for ms, _ in many), "ms", 1_000),
    ]


def _timed(mirror: Mirror, sites: GitSites, path: Path) -> tuple[float, int]:
    """Milliseconds from a fetched commit to the list of affected sites, and how many."""
    root = next(p for p in path.parents if (p / ".git").is_dir())
    generated.commit(root, "An edit")
    head = mirror.fetch(datetime.now(UTC)).commit
    began = time.perf_counter()
    reached = sites.advance(head)
    return (time.perf_counter() - began) * 1e3, len(reached.sites)


def _edited_site(root: Path, sites: GitSites, number: int) -> Path:
    return _edited(root / "subclouds" / sorted(sites.names)[number] / "site.yaml", number)


def _edited(path: Path, number: int) -> Path:
    path.write_text(f"{path.read_text()}# edit {number}\n")
    return path


def _widest(root: Path, sites: GitSites) -> tuple[Path, int]:
    """A file of the profile that comes nearest to 1,000 users from above, and how many use it."""
    users = Counter(
        layer for n in sites.names for layer in layers_of((root / "subclouds" / n / "site.yaml").read_bytes())
    )
    layer = min((name for name, count in users.items() if count >= 1_000), key=users.__getitem__)
    return next((root / "profiles" / layer).glob("*.yaml")), users[layer]


def _memory(root: Path) -> list[Result]:
    """In a process of its own, which renders, compares and plans for every site and keeps what a controller keeps."""
    held = subprocess.run([sys.executable, "-c", HELD, str(root)], check=True, capture_output=True, text=True)
    count, rss, spent = held.stdout.split()
    assert int(count) == SITES
    return [
        Result("fleet_all_desired_and_verdicts_rss", float(rss), "MB", 500),
        Result("fleet_render_compare_plan_cpu_per_site", float(spent) / SITES * 1e3, "ms"),
    ]
