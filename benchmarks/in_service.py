"""A large simulated fleet that is in service and in sync, without bringing each site there by itself.

Of each layer of the generated fleet (benchmarks of sites that are alike but for names, places and addresses) one site,
its form, is bootstrapped and brought to Git by the product. Every other site's system is that form's with its own
words in place of the form's; from then on it is a system of its own, which answers and takes writes like any other.
Runs in a process of its own, so that its CPU is not the controller's: `python -m benchmarks.in_service REPO ENDPOINTS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.apply import Pace
from reconciler.clients import SYSTEM_CLOCK, load
from reconciler.engine.fleet import open_fleet
from reconciler.engine.office import Office
from reconciler.engine.opening import open_folder
from reconciler.kinds import registry
from reconciler.model.words import Result
from reconciler.simulator import build_repo, endpoints
from reconciler.simulator.fleet import Place
from reconciler.simulator.hardware import made_mac
from reconciler.simulator.journal import Journal
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.system import System
from reconciler.store import Store, StoreMemory

PASSWORD = "simulated"
FORM_SPEED = 5_000.0  # simulated seconds in a real one, while the forms are brought into service
FIRST_FORM = (
    20  # the sites before it have addresses in the name servers' networks: their words would not be theirs alone
)


@dataclass(frozen=True, slots=True)
class Options:
    """speed: simulated seconds in a real one. slowness: 1 answers as slowly as the real server was measured to."""

    speed: float = 1.0
    slowness: float = 0.0


@contextmanager
def fleet_in_service(
    repo: Path, endpoints_out: Path, options: Options | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The sites of a generated repository, served by a process of their own until the context ends."""
    how = options or Options()
    command = [sys.executable, "-m", "benchmarks.in_service", str(repo), str(endpoints_out)]
    with subprocess.Popen(
        [*command, str(how.speed), str(how.slowness)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError(f"the simulated fleet ended: {process.wait()}")
            yield process
        finally:
            process.terminate()


def places(repo: Path) -> dict[str, Place]:
    """The sites of a repository that `simulator.fleet` wrote, by name."""
    count = sum(1 for _ in (repo / "subclouds").iterdir())
    made = (Place(number, 0) for number in range(count))
    return {place.name: place for place in made}


async def systems(repo: Path) -> dict[str, Callable[[], System]]:
    """How to make the system of each site of a generated repository: in service, and as Git says."""
    known = places(repo)
    forms = await _forms(repo, known)
    return {name: partial(_system, *forms[place.layer], place) for name, place in known.items()}


async def _forms(repo: Path, known: Mapping[str, Place]) -> dict[str, tuple[Place, System]]:
    """One site of each layer, brought to Git."""
    chosen = {p.layer: p for p in reversed(known.values()) if p.number >= FIRST_FORM}
    builders = build_repo.builders(repo)
    names = [place.name for place in chosen.values()]
    with tempfile.TemporaryDirectory(prefix="bench-forms-") as folder:
        scratch = Path(folder)
        async with serve({n: builders[n] for n in names}, options=ServerOptions(FORM_SPEED, PASSWORD)) as server:
            endpoints.write(scratch / "endpoints.yaml", server.url, names, PASSWORD)
            await brought(repo, scratch, names)
            return {layer: (place, server.sites[place.name].system) for layer, place in chosen.items()}


async def brought(repo: Path, scratch: Path, names: list[str]) -> None:
    """Bring these simulated sites to Git; the endpoints file is in `scratch`. Raises RuntimeError."""
    office = Office(registry(), open_folder(repo, registry()), SYSTEM_CLOCK, Pace(first_poll_s=0.02, last_poll_s=0.1))
    with Store.open(scratch / "state") as store:
        async with open_fleet(office, load(scratch / "endpoints.yaml"), StoreMemory(store)) as fleet:
            async for ended in fleet.apply_all(names, dict.fromkeys(names, "*")):
                if ended.outcome is None or ended.outcome.result is not Result.DONE:
                    raise RuntimeError(f"{ended.site}: {ended.error or ended.outcome}")


def _system(form: Place, of_form: System, place: Place) -> System:
    """The form's system as this site's. Rows without any word of the site are shared with it: nobody changes a row."""
    system = deepcopy(of_form)
    system.name, system.journal = place.name, Journal()
    rename = _renaming(_words(form), _words(place))
    for table in system.tables.names():
        for row in system.tables.rows(table):
            changed = {name: new for name, value in row.items() if (new := rename(value)) != value}
            if changed:
                system.tables.update(table, row["uuid"], changed)
    return system


def _words(place: Place) -> list[str]:
    """What is the site's own, in an order that is the same for all."""
    words = place.words()
    macs = [made_mac(str(place.seed), place.name, host, "boot") for host, _ in place.kind.hosts]
    return [place.name, str(words["place"]), f"{words['oam']}.", f"{words['mgmt']}.", str(words["bmc"]), *macs]


def _renaming(old: list[str], new: list[str]) -> Callable[[Any], Any]:
    found = re.compile(
        "|".join(rf"(?<!\d){re.escape(word)}" + ("" if word.endswith(".") else r"(?!\d)") for word in old)
    )
    known = dict(zip(old, new, strict=True))

    def rename(value: Any) -> Any:
        if isinstance(value, str):
            return found.sub(lambda match: known[match[0]], value)
        if isinstance(value, list):
            return [rename(item) for item in value]
        return {k: rename(v) for k, v in value.items()} if isinstance(value, dict) else value

    return rename


async def _serve(repo: Path, endpoints_out: Path, how: Options) -> None:
    served = await systems(repo)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with serve(served, options=ServerOptions(how.speed, PASSWORD, slowness=how.slowness)) as server:
        endpoints.write(endpoints_out, server.url, served, PASSWORD)
        print(f"{len(served)} sites at {server.url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), Options(*map(float, sys.argv[3:]))))
