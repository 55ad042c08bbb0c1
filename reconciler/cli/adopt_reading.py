"""Which sites `stxr adopt` is about, and their reading: live from the endpoints, or offline from inventories."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.progress import telling
from reconciler.clients import SYSTEM_CLOCK, Endpoint, load
from reconciler.engine.adoption_reading import Seen, live, of_file
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError

SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Source:
    """What the options say: sites by name or all, and where they are read from. inventory: a file, or a folder."""

    sites: Iterable[str]
    inventory: Path | None
    endpoints: Path | None
    everything: bool


def seen(source: Source) -> list[Seen]:
    """Every site that was asked for, by name. Raises ConfigError for a site that nobody knows."""
    if source.inventory is not None:
        return [of_file(name, file, registry()) for name, file in _files(source, source.inventory).items()]
    if source.endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS; offline give --inventory")
    known = load(source.endpoints)
    names = _chosen(source, frozenset(known), source.endpoints)
    return asyncio.run(_live([known[name] for name in names]))


async def _live(endpoints: list[Endpoint]) -> list[Seen]:
    found = []
    with telling("reading sites", len(endpoints)) as teller:
        async for one in live(endpoints, registry(), SYSTEM_CLOCK):
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
