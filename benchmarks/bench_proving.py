"""A change that locks every host of a kind, run on twins: how long it takes, and what a serving loop feels of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.in_service import PASSWORD, brought
from benchmarks.result import Result
from benchmarks.simulated import SITES
from reconciler.apply import Pace
from reconciler.clients import SYSTEM_CLOCK, load
from reconciler.engine.fleet import open_fleet
from reconciler.engine.likeness import likeness
from reconciler.engine.office import Office
from reconciler.engine.opening import open_folder
from reconciler.engine.preview import Edit, exact
from reconciler.engine.trial import Case, tried
from reconciler.engine.trial_worker import TrialWorker
from reconciler.kinds import registry
from reconciler.model.proof import Proof, ProofResult
from reconciler.simulator import build_repo, endpoints
from reconciler.simulator.server import ServerOptions, serve
from reconciler.store import Store, StoreMemory

AIO_SX, AIO_DX, STANDARD = "ottawa-001", "yard-east", "plant-1"  # of `sites/`; the last with workers added: ten hosts
WORKERS = 8
SPEED = 5_000.0  # simulated seconds in a real one, while the sites are brought into service
REPEATS = 5
TICK_S = 0.005
LIMIT_S = 60.0
PROFILES = {AIO_SX: "ran-server", AIO_DX: "yard-server", STANDARD: "plant-worker"}
WIDER = """\
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata:
  name: {profile}
spec:
  interfaces:
    ethernet:
    - {{name: data0, class: data, mtu: 9000, port: {{name: ens1f0}}}}
"""
WORKER = """\
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata:
  name: worker-{number}
spec:
  profile: plant-worker
  overrides: {{bootMAC: "52:54:00:0d:0{number}:b0"}}
"""


def run() -> list[Result]:
    """Every figure of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="bench-proving-") as folder:
        root = _repository(Path(folder) / "root")
        shown = asyncio.run(_in_service(root, Path(folder)))
        cases = {name: _case(root, name, shown[name]) for name in PROFILES}
    times = {name: median(_seconds(partial(_proof, case)) for _ in range(REPEATS)) for name, case in cases.items()}
    return [
        Result("prove_aio_sx", times[AIO_SX], "s", 2.0),
        Result("prove_aio_dx", times[AIO_DX], "s", 3.0),
        Result("prove_standard_of_10", times[STANDARD], "s", 12.0),
        Result("likeness_aio_sx", _seconds(partial(_likeness, cases[AIO_SX])) * 1e3, "ms", 100.0),
        *_felt(cases[STANDARD]),
    ]


def _repository(root: Path) -> Path:
    shutil.copytree(SITES, root)
    added = "".join(WORKER.format(number=number) for number in range(2, WORKERS))
    (root / f"subclouds/{STANDARD}/deployment-config.yaml").write_text(added)
    return root


async def _in_service(root: Path, folder: Path) -> Mapping[str, Any]:
    """What `stxr inventory` writes of the sites once they are in sync."""
    builders = build_repo.builders(root)
    async with serve({n: builders[n] for n in PROFILES}, options=ServerOptions(SPEED, PASSWORD)) as server:
        endpoints.write(folder / "endpoints.yaml", server.url, [*PROFILES], PASSWORD)
        await brought(root, folder, [*PROFILES])
        office = Office(registry(), open_folder(root, registry()), SYSTEM_CLOCK, Pace())
        with Store.open(folder / "state") as store:
            async with open_fleet(office, load(folder / "endpoints.yaml"), StoreMemory(store)) as fleet:
                return {name: await fleet.inventory(name) for name in PROFILES}


def _case(root: Path, name: str, shown: Mapping[str, Any]) -> Case:
    before = open_folder(root, registry()).desired(name)
    with (root / f"subclouds/{name}/deployment-config.yaml").open("a") as file:
        file.write(WIDER.format(profile=PROFILES[name]))
    after = open_folder(root, registry())
    return Case(name, after.desired(name), Edit(before, after.settings(name)), json.loads(json.dumps(shown)))


def _proof(case: Case) -> Proof:
    proof = tried(case, registry())
    if proof.result is not ProofResult.PROVED:
        raise RuntimeError(f"{case.site}: {proof.reason}")
    return proof


def _likeness(case: Case) -> str:
    return likeness(exact(case.after, case.inventory, registry(), case.edit), case.inventory, registry())


def _felt(case: Case) -> Iterator[Result]:
    """How late a loop wakes while proofs are made beside it: in a thread, and in a process."""
    alone = asyncio.run(_lateness(partial(time.sleep, 2.0)))
    yield Result("loop_late_alone", alone, "ms")
    yield Result("loop_late_beside_a_thread", asyncio.run(_lateness(partial(_proof, case))), "ms")
    with TrialWorker(registry) as worker:
        yield Result("proof_with_a_new_process", _seconds(partial(worker, case, LIMIT_S)), "s")
        yield Result("proof_in_a_process", _seconds(partial(worker, case, LIMIT_S)), "s")
        beside = asyncio.run(_lateness(partial(worker, case, LIMIT_S)))
    yield Result("loop_late_beside_a_process", beside, "ms")
    yield Result("loop_late_beside_a_process_to_alone", beside / alone, "x", 5.0)


async def _lateness(work: Callable[[], object]) -> float:
    """Milliseconds that 99 of 100 ticks come late at the most."""
    loop, late, task = asyncio.get_running_loop(), list[float](), asyncio.create_task(asyncio.to_thread(work))
    while not task.done():
        due = loop.time() + TICK_S
        await asyncio.sleep(TICK_S)
        late.append((loop.time() - due) * 1e3)
    await task
    return sorted(late)[int(len(late) * 0.99)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
