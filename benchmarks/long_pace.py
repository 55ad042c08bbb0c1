"""5,000 sites in service, each read in full every 30 minutes: three minutes of it, then a push that changes them all.

The controller is `stxr run` in a process of its own, following a git branch, with its workflows and its store; it is
scraped every 15 seconds. The sites answer from one other process over HTTP (`in_service`). The store begins as that of
a controller that was stopped a moment ago: every site's last verdict is there, the oldest 30 minutes old.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks import controlled, generated
from benchmarks.in_service import fleet_in_service
from benchmarks.remembered import remember
from benchmarks.result import Result

SITES = 5_000
EVERY_S = 1_800.0
JITTER = 1.1  # the longest wait for a read is so much longer than the mean: the controller is given a shorter one
SLICE_S = 180.0
SETTLE_S = 20.0
SCRAPE_S = 15.0


def run(sites: int = SITES, slice_s: float = SLICE_S) -> list[Result]:
    """Every figure of this benchmark. Takes about ten minutes."""
    with tempfile.TemporaryDirectory(prefix="bench-pace-") as folder:
        repo, endpoints, state = (Path(folder) / name for name in ("repo", "endpoints.yaml", "state"))
        generated.written(repo, sites)
        remember(repo, state, EVERY_S)
        with fleet_in_service(repo, endpoints):
            options = ("--observe-every", f"{EVERY_S / JITTER:g}", "--poll-every", "60")
            with controlled.controller(repo, endpoints, state, *options) as it:
                return [*_slice(it, slice_s, sites * slice_s / EVERY_S), *_push(it, repo, state, sites)]


def _slice(it: controlled.Running, slice_s: float, due: float) -> list[Result]:
    time.sleep(SETTLE_S)
    start_cpu_s = it.cpu_s
    reads, cpu_s, git_s, began = it.reads(), it.cpu_s, it.children_cpu_s, time.monotonic()
    while time.monotonic() < began + slice_s:
        time.sleep(SCRAPE_S)
        it.metrics()
    read, spent_s, took_s = it.reads() - reads, it.cpu_s - cpu_s, time.monotonic() - began
    return [
        Result("pace_start_cpu", start_cpu_s, "s"),
        Result("pace_full_reads", read, "reads"),
        Result("pace_reads_missing", max(0.0, 1 - read / due), "of those due", 0.1),
        Result("pace_controller_cpu", spent_s / took_s, "of a core", 0.5),
        Result("pace_git_cpu", (it.children_cpu_s - git_s) / took_s, "of a core"),
        Result("pace_rss_peak", it.peak_rss_mb, "MB", 600),
        Result("pace_load", os.getloadavg()[0], ""),
    ]


def _push(it: controlled.Running, repo: Path, state: Path, sites: int) -> list[Result]:
    """From a push that changes every site to every plan; held as a whole, so that nothing is sent."""
    shared = repo / "profiles/common/deployment-config.yaml"
    shared.write_text(shared.read_text().replace("1.pool.ntp.org", "2.pool.ntp.org"))
    commit = generated.commit(repo, "Another time server")
    cpu_s, git_s, began = it.cpu_s, it.children_cpu_s, time.monotonic()
    it.push(1)
    while (left := sites - _planned(state, commit)) and it.process.poll() is None:
        time.sleep(1.0)
        print(f"  {left} sites to plan after {time.monotonic() - began:.0f} s", end="\r", flush=True)
    took_s = time.monotonic() - began
    return [
        Result("pace_push_to_all_plans", took_s, "s"),
        Result("pace_push_cpu", it.cpu_s - cpu_s, "s"),
        Result("pace_push_git_cpu", it.children_cpu_s - git_s, "s"),
        Result("pace_push_rss_peak", it.peak_rss_mb, "MB", 600),
    ]


def _planned(state: Path, commit: str) -> int:
    with sqlite3.connect(f"file:{state / 'store.db'}?mode=ro", uri=True) as store:
        query = 'select count(*) from verdicts where content like ? and content like \'%"plan_id":"_%\''
        return int(store.execute(query, (f'%"{commit}"%',)).fetchone()[0])


if __name__ == "__main__":
    print(*run(), sep="\n")
