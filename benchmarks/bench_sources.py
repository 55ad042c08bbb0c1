"""What Git costs at 5,000 sites: the first index, a one-site commit, a profile that 1,000 sites use, the memory."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from benchmarks import repository
from benchmarks.repository import Shape
from benchmarks.result import Result
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites
from reconciler.sources.working_tree import WorkingTree

NOW = datetime(2026, 11, 21, tzinfo=UTC)
REPEATS = 7


def layers_of(content: bytes) -> tuple[str, ...]:
    """The layers of a site.yaml, by the C reader that the product uses too."""
    read: dict[str, Any] = yaml.load(content, Loader=yaml.CSafeLoader)
    return tuple(read.get("layers", ()))


def no_layers(_content: bytes) -> tuple[str, ...]:
    """Leaves git and the index alone in the figure."""
    return ()


def run(shape: Shape | None = None) -> list[Result]:
    """Every figure of this benchmark, on a repository made for it."""
    size = shape or Shape()
    with tempfile.TemporaryDirectory(prefix="bench-sources") as folder:
        place = Path(folder)
        started_s = time.perf_counter()
        repository.bare(place / "fleet.git", repository.files(size))
        results = [Result("sources_generate_repository", time.perf_counter() - started_s, "s")]
        with Mirror.open(place / "fleet.git", place / "state") as mirror:
            return [*results, *_mirrored(mirror, size), *_edited(place, size), _memory(place)]


def _mirrored(mirror: Mirror, size: Shape) -> list[Result]:
    first = Result("sources_first_fetch", _ms(partial(mirror.fetch, NOW)), "ms", 10_000)
    idle = Result("sources_fetch_nothing_new", median(_ms(partial(mirror.fetch, NOW)) for _ in range(REPEATS)), "ms")
    head = mirror.fetch(NOW).commit
    bare_index = _ms(partial(GitSites(mirror, no_layers).advance, head))
    sites = GitSites(mirror, layers_of)
    index = _ms(partial(sites.advance, head))
    one = [_commit(mirror, sites, repository.site(n, size, mtu=9000), 1) for n in range(REPEATS)]
    wide = [_commit(mirror, sites, _base(0, n), size.users("base-0")) for n in range(REPEATS)]
    fleet = [_commit(mirror, sites, {"fleet.yaml": repository.FLEET + b"#" * n + b"\n"}, size.sites) for n in (1, 2, 3)]
    reached = [name for name in sorted(sites.names) if int(name[3:]) % size.bases == 0]
    read = _ms(lambda: list(sites.all_files(reached)))
    older = [_ms(partial(sites.site_files, name, head)) for name in reached[:REPEATS]]
    return [
        first, idle,
        Result("sources_initial_index_git", bare_index, "ms", 1_000),
        Result("sources_initial_index", index, "ms", 10_000),
        Result("sources_one_site_commit", median(one), "ms", 100),
        Result("sources_one_site_commit_worst", max(one), "ms", 200),
        Result("sources_profile_of_1000_commit", median(wide), "ms", 1_000),
        Result("sources_fleet_file_commit", median(fleet), "ms", 2_000),
        Result("sources_read_files_of_1000_sites", read, "ms", 1_000),
        Result("sources_read_files_of_a_base", median(older), "ms", 50),
    ]  # fmt: skip


def _edited(place: Path, size: Shape) -> list[Result]:
    repository.work_tree(place / "edited", repository.files(size))
    folder = WorkingTree(place / "edited", layers_of, clock_ns=lambda: time.time_ns() + 10**10)
    first = _ms(folder.look)
    changes = repository.site(7, size, mtu=9000)
    for path, content in changes.items():
        (place / "edited" / path).write_bytes(content)
    again = _ms(lambda: _require(folder.look().sites, 1))
    return [Result("sources_first_look_at_folder", first, "ms"), Result("sources_look_after_an_edit", again, "ms")]


def _memory(place: Path) -> Result:
    # In a process of its own: this one has memory to spare from what it did before.
    command = [sys.executable, "-m", "benchmarks.bench_sources", str(place)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    return Result("sources_index_rss", float(done.stdout), "MB", 100)


def index_rss_mb(place: Path) -> float:
    """What the index adds to the resident memory of a fresh process."""
    with Mirror.open(place / "fleet.git", place / "state") as mirror:
        sites, head = GitSites(mirror, layers_of), mirror.head()
        assert head is not None
        layers_of(repository.FLEET)
        before_mb = _rss_mb()
        sites.advance(head.commit)
        gc.collect()
        return _rss_mb() - before_mb


def _commit(mirror: Mirror, sites: GitSites, changes: Mapping[str, bytes], reached: int) -> float:
    repository.commit(Path(mirror.location.url), changes, "Change")
    head = mirror.fetch(NOW).commit
    return _ms(lambda: _require(sites.advance(head).sites, reached))


def _base(number: int, step: int) -> dict[str, bytes]:
    return {f"profiles/base-{number}/deployment-config.yaml": repository.base(number, f"{step}.example.com")}


def _require(sites: frozenset[str], count: int) -> None:
    if len(sites) != count:
        raise RuntimeError(f"{len(sites)} sites were reached, not {count}")


def _ms(act: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    act()
    return (time.perf_counter() - started_s) * 1000


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(index_rss_mb(Path(sys.argv[1])))
    else:
        print(*run(), sep="\n")
