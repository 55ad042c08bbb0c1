"""A scrape of 5,000 sites: series, bytes, seconds to render, and the longest that the event loop stands still meanwhile."""

from __future__ import annotations

import asyncio
import gc
import gzip
import time
from dataclasses import replace
from statistics import median

from benchmarks.result import Result
from reconciler.cli.serve import COLLECT
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.gate import GateName, Hold
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Area, Cause, Disruption, Severity, State
from reconciler.telemetry import Metrics, Sight

SITES = 5_000
GROUPS = 50
SCRAPES = 5
TICK_S = 0.001


def run() -> list[Result]:
    """As the controller collects garbage. A quiet day, a day on which a commit changes every site, and a fleet that drifts in everything."""
    gc.set_threshold(*COLLECT)
    quiet, busy, worst = (fleet(n) for n in (20, 1, 0))
    return [
        *_measured("steady", quiet, (32_000, 0.6)),
        *_measured("commit_to_all", busy, (57_000, 1.0)),
        *_measured("all_drift_in_all", worst, (60_001, 2.5)),
    ]


def fleet(every: int) -> dict[str, Verdict]:
    """Of each so many sites one drifts and one waits; all of them in all areas and severities for 0."""
    return {one.site: one for one in (site(n, every) for n in range(SITES))}


def site(number: int, every: int) -> Verdict:
    differs = every == 0 or number % every == 0
    areas, severities = (tuple(Area), tuple(Severity)) if every == 0 else ((Area.NETWORK,), (Severity.SERVICE,))
    differences = tuple(
        Difference(
            f"controller-0/ethernet/data{n}", f"{cause}", "update", "1500", "9000", cause, area, severity, Disruption.LOCK,
            kind="ethernet", host="controller-0",
        )
        for cause in (Cause.DRIFTED, Cause.PENDING)
        for n, (area, severity) in enumerate((a, s) for a in areas for s in severities)
    )  # fmt: skip
    return Verdict(
        f"subcloud-{number:04}",
        State.DRIFTED if differs else State.IN_SYNC,
        group=f"group-{number % GROUPS:02}",
        observed_at=1_000.0,
        reachable=True,
        differences=differences if differs else (),
        release="24.09",
        system_mode="simplex",
        converged="c1",
        holds=(Hold(GateName.APPROVAL, "waits", since=900.0),) if differs else (),
        hosts={"controller-0": "unlocked-enabled-available"},
        coverage={"network": (12, 40)},
    )


def _measured(day: str, verdicts: dict[str, Verdict], limits: tuple[float, float]) -> list[Result]:
    most, longest_s = limits
    drift = {name: step(SiteDrift(name), one)[0] for name, one in verdicts.items()}
    sight = Sight(verdicts.values, drift.copy, now=lambda: 1_100.0, authored_at={"c1": 500.0}.get)
    metrics = Metrics(sight)
    text = metrics.render()
    spent, stalls = zip(*(asyncio.run(_scraped(metrics)) for _ in range(SCRAPES)), strict=True)
    series = sum(not line.startswith(b"#") for line in text.splitlines())
    whole = Metrics(replace(sight, max_series=10**9)).render()
    return [
        Result(f"metrics_{day}_series", series, "series", most + 1_000),  # of which a thousand are the process's own
        Result(
            f"metrics_{day}_series_without_the_cap", sum(not x.startswith(b"#") for x in whole.splitlines()), "series"
        ),
        Result(f"metrics_{day}_text", len(text) / 1e6, "MB"),
        Result(f"metrics_{day}_packed", len(gzip.compress(text, 1)) / 1e6, "MB"),
        Result(f"metrics_{day}_render_and_pack", median(spent), "s of CPU", longest_s),
        Result(f"metrics_{day}_longest_stall", max(stalls) * 1e3, "ms", 50),
    ]


async def _scraped(metrics: Metrics) -> tuple[float, float]:
    """Processor seconds to render and pack in a thread, and the longest that a task waited for its turn meanwhile."""
    gc.collect()
    stall, done = 0.0, asyncio.Event()

    async def beat() -> None:
        nonlocal stall
        while not done.is_set():
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            stall = max(stall, time.perf_counter() - began - TICK_S)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0)
    began = time.process_time()  # of the processor: other processes take none of it
    await asyncio.to_thread(lambda: gzip.compress(metrics.render(), 1))
    spent = time.process_time() - began
    done.set()
    await beating
    return spent, stall
