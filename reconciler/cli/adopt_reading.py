"""Which sites `stxr adopt` is about, and their reading: live from the endpoints, or offline from inventories."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.progress import telling
from reconciler.clients import SYSTEM_CLOCK, load, load_central, load_derived
from reconciler.desired import load_fleet
from reconciler.engine.adoption_reading import Seen, Ways, of_file, reachable
from reconciler.engine.central_place import declared
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.sources.inputs import FLEET

SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Source:
    """What the options say: sites by name or all, and where they are read from. inventory: a file, or a folder."""

    sites: Iterable[str]
    inventory: Path | None
    endpoints: Path | None
    everything: bool
    into: Path = Path()  # the repository, whose fleet.yaml may say where the central cloud is


def seen(source: Source) -> list[Seen]:
    """Every site that was asked for, by name. Raises ConfigError for a site that nobody knows."""
    if source.inventory is not None:
        return [of_file(name, file, registry()) for name, file in _files(source, source.inventory).items()]
    if source.endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS; offline give --inventory")
    return asyncio.run(_live(source, _ways(source.endpoints, source.into)))


def _ways(endpoints: Path, into: Path) -> Ways:
    fleet = into / FLEET
    central = load_central(endpoints)
    if central is None and fleet.is_file():
        central = declared(load_fleet(fleet.read_bytes()), endpoints.parent)
    return Ways(load(endpoints), load_derived(endpoints), central)


async def _live(source: Source, ways: Ways) -> list[Seen]:
    found = []
    async with reachable(ways, SYSTEM_CLOCK) as sites:
        asked = frozenset(source.sites)
        known = frozenset(ways.endpoints) if asked and asked <= ways.endpoints.keys() else await sites.names()
        names = _chosen(source, known, source.endpoints or Path())
        with telling("reading sites", len(names)) as teller:
            async for one in sites.read(names, registry()):
                found.append(one)
                teller.done(one.site)
    return sorted(found, key=lambda one: one.site)


def _files(source: Source, inventory: Path) -> Mapping[str, Path]:
    if inventory.is_file():
        return dict.fromkeys(tuple(source.sites) or (inventory.stem,), inventory)
    found = {file.stem: file for file in sorted(inventory.glob(f"*{SUFFIX}"))}
    return {name: found[name] for name in _chosen(source, frozenset(found), inventory)}


def _chosen(source: Source, known: frozenset[str], where: Path) -> tuple[str, ...]:
    asked = tuple(sorted(set(source.sites)))
    if not asked and not source.everything:
        raise ConfigError("name the sites, or give --all")
    if unknown := [name for name in asked if name not in known]:
        there = ", ".join(sorted(known)) or "none"
        raise ConfigError(f"has no site {', '.join(unknown)}; it has {there}", str(where))
    return asked or tuple(sorted(known))
