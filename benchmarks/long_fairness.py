"""Well sites beside dark and slow ones: from a commit for all to in sync, with 10 % dark and 10 % slow, and without them.

Three pairs of runs, one seed: the same well sites, the same commit. A dark site accepts a connection and never answers;
a slow one takes 5 seconds for each call. The controller has met them all when the commit comes; in a third run it has
met half of them, so that the commit meets the others. Well sites answer as slowly as the real server was measured to, and there are few workers, so that it is not the
machine that is waited for: 20 slow sites for 6 workers, where a fleet of 5,000 has 500 for 50.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import orjson
import yaml

from benchmarks import controlled, generated
from benchmarks.in_service import Options, fleet_in_service
from benchmarks.remembered import remember
from benchmarks.result import Result
from reconciler.store import verdicts_of

SITES, SHARE, WORKERS, SEED = 200, 0.1, 6, 1
PAIRS = 3
SLOW = {"trouble": "delay", "count": None, "seconds": 5.0}
SETTLE_S = 10.0
PERIOD_S = 1_800.0
GIVEN_UP_S = 600.0
NO_MASS = (
    "mass: {changed: 100%, disrupted: 100%, deleted: 100%}\n"  # it would wait for the slow ones to be planned, too
)


@dataclass(frozen=True, slots=True)
class Timed:
    """One run: seconds from the push to in sync of each well site, and how busy the machine was meanwhile, of all cores."""

    taken_s: tuple[float, ...]
    ours: float
    all: float

    @property
    def p95_s(self) -> float:
        return quantiles(self.taken_s, n=20)[-1]


def run() -> list[Result]:
    """Every figure of this benchmark. Takes about twenty minutes."""
    with tempfile.TemporaryDirectory(prefix="bench-fairness-") as folder:
        rows = [[_run(Path(folder) / f"{number}-{met}", met) for met in (None, 1.0, 0.5)] for number in range(PAIRS)]
    alone, known, half = zip(*rows, strict=True)
    return [
        Result("fairness_well_alone_median", median(median(one.taken_s) for one in alone), "s"),
        Result("fairness_well_alone_p95", median(one.p95_s for one in alone), "s"),
        *_ratios("fairness", alone, known, 1.1),
        *_ratios("fairness_half_met", alone, half),
        Result("fairness_load_of_ours", max(one.ours for row in rows for one in row), "of all cores", 0.7),
        Result("fairness_load_of_machine", max(one.all for row in rows for one in row), "of all cores", 0.7),
    ]


def _ratios(name: str, alone: Iterable[Timed], beside: Iterable[Timed], limit: float | None = None) -> list[Result]:
    """Of pairs, the one in the middle; and the worst of them."""
    pairs = list(zip(alone, beside, strict=True))
    medians, p95s = [median(b.taken_s) / median(a.taken_s) for a, b in pairs], [b.p95_s / a.p95_s for a, b in pairs]
    return [
        Result(f"{name}_median_ratio", median(medians), "x", limit),
        Result(f"{name}_median_ratio_worst", max(medians), "x"),
        Result(f"{name}_p95_ratio", median(p95s), "x", limit),
        Result(f"{name}_p95_ratio_worst", max(p95s), "x"),
    ]


def _run(folder: Path, met: float | None) -> Timed:
    """One run. met: the share of dark and slow sites that the controller has met before; None without them."""
    repo, endpoints, state = folder / "repo", folder / "endpoints.yaml", folder / "state"
    names = generated.written(repo, SITES)
    fleet = repo / "fleet.yaml"
    fleet.write_text(fleet.read_text() + NO_MASS)
    chosen = random.Random(SEED).sample(names, k=int(2 * SHARE * SITES))
    dark, slow = chosen[::2], chosen[1::2]
    well = frozenset(names) - set(chosen)
    with fleet_in_service(repo, endpoints, Options(speed=60.0, slowness=1.0)) as simulated:
        for name in chosen if met is None else ():
            shutil.rmtree(repo / "subclouds" / name)
        generated.commit(repo, "The fleet that is measured")
        known = [*dark[: int(len(dark) * (met or 0))], *slow[: int(len(slow) * (met or 0))]]
        remember(repo, state, PERIOD_S, unknown=known)
        if met is not None:
            _trouble(endpoints, dark, slow)
        options = ("--observe-every", f"{2 * PERIOD_S:g}", "--workers", str(WORKERS))
        with controlled.controller(repo, endpoints, state, *options) as it:
            _meet(state, known if met else ())
            return _followed(it, repo, state, well, [it.process.pid, simulated.pid])


def _meet(state: Path, names: Iterable[str]) -> None:
    """Until each of these has been visited to its end; the store knew nothing of them."""
    wanted, began = frozenset(names), time.time()
    while not wanted <= {v.site for v in verdicts_of(state)} and time.time() < began + GIVEN_UP_S:
        time.sleep(2.0)
    time.sleep(SETTLE_S)


def _trouble(endpoints: Path, dark: Iterable[str], slow: Iterable[str]) -> None:
    control = yaml.load(endpoints.read_text(), yaml.CSafeLoader)["control"]
    for name in dark:
        _tell("PUT", f"{control}/sites/{name}/connection", {"state": "silent"})
    for name in slow:
        _tell("POST", f"{control}/sites/{name}/faults", SLOW)


def _tell(method: str, url: str, body: object) -> None:
    request = urllib.request.Request(url, orjson.dumps(body), method=method)
    urllib.request.urlopen(request, timeout=60).close()


def _followed(it: controlled.Running, repo: Path, state: Path, well: frozenset[str], ours: list[int]) -> Timed:
    """One commit for all, until the last well site has followed it."""
    shared = repo / "profiles/common/deployment-config.yaml"
    shared.write_text(shared.read_text().replace("noc@example.com", "operations@example.com"))
    commit = generated.commit(repo, "Another contact")
    began, spent_s, busy = time.time(), sum(map(controlled.cpu_s, ours)), controlled.machine()
    it.push(1)
    while len(done := _in_sync(state, well, commit)) < len(well):
        if time.time() - began > GIVEN_UP_S or it.process.poll() is not None:
            raise RuntimeError(f"{len(well) - len(done)} sites did not follow in {GIVEN_UP_S:g} s")
        time.sleep(2.0)
    last = max(done.values())
    wall_s, cores = time.time() - began, controlled.CORES
    used = (sum(map(controlled.cpu_s, ours)) - spent_s) / (wall_s * cores)
    found = Timed(tuple(at - began for at in done.values()), used, controlled.busy_since(busy))
    print(f"  {len(done)} sites: median {median(found.taken_s):.1f} s, p95 {found.p95_s:.1f} s, last {last - began:.1f} s,"
          f" load {found.ours:.2f} of ours, {found.all:.2f} of the machine", flush=True)  # fmt: skip
    return found


def _in_sync(state: Path, well: frozenset[str], commit: str) -> dict[str, float]:
    return {v.site: v.judged_at for v in verdicts_of(state) if v.site in well and v.is_in_sync and v.commit == commit}
