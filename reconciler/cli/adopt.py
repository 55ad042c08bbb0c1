"""`stxr adopt`: a site that nobody wrote down yet, written down: its live configuration as the files of its folder."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from reconciler.cli import results as shown
from reconciler.cli.options import All, Endpoints, Exit, Format, Show, Sites
from reconciler.cli.plan_text import plural
from reconciler.cli.progress import telling
from reconciler.clients import SYSTEM_CLOCK, load
from reconciler.engine.adoption import FLEET, Adopted, Wish, adopted, live, recorded
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError, ReconcilerError
from reconciler.model.snapshot import Snapshot

SUFFIX = ".json"


def adopt(
    sites: Sites = None,
    everything: All = False,
    into: Annotated[Path, typer.Option("--into", help="Root of the site-config repository to write into.")] = Path(),
    endpoints: Endpoints = None,
    inventory: Annotated[
        Path | None, typer.Option("--inventory", help="Offline: an inventory file, or a folder of SITE.json.")
    ] = None,
    minimal: Annotated[bool, typer.Option("--minimal", help="Leave out what the platform sets by itself.")] = False,
    group: Annotated[str, typer.Option("--group", help="Group of fleet.yaml that the sites are put into.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the files, write none.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    show: Show = Format.TEXT,
) -> None:
    """Write down what sites are: subclouds/SITE/{site.yaml,deployment-config.yaml}, in mode observe. Sends nothing.

    Exit: 0 all written, 1 error, 3 some sites could not be read.
    """
    seen, failed = _seen(sites, inventory, endpoints, everything=everything)
    fleet = into / FLEET
    wish = Wish(minimal, group, fleet.read_bytes() if fleet.is_file() else None)
    done = [adopted(one, registry(), wish) for one in seen]
    if not (dry_run or force):
        _refuse_existing(done, into)
    if not dry_run:
        _write(done, into)
    if show is Format.JSON:
        shown.as_json({"sites": [_json(one) for one in done], "errors": failed})
    else:
        _text(done, into, dry_run=dry_run)
    for site, why in failed.items():
        typer.echo(f"error: {site}: {why.removeprefix(f'{site}: ')}", err=True)
    sys.exit(Exit.UNJUDGED if failed else Exit.DONE)


def _seen(
    sites: list[str] | None, inventory: Path | None, endpoints: Path | None, *, everything: bool
) -> tuple[list[Snapshot], dict[str, str]]:
    """The sites as they are, and why others could not be read."""
    if inventory is not None:
        return _recorded(sites, inventory, everything=everything), {}
    if endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS; offline give --inventory")
    return asyncio.run(_live(sites, endpoints, everything=everything))


def _recorded(sites: list[str] | None, inventory: Path, *, everything: bool) -> list[Snapshot]:
    if inventory.is_file():
        found = dict.fromkeys(sites or [inventory.stem], inventory)
    else:
        found = {file.stem: file for file in sorted(inventory.glob(f"*{SUFFIX}"))}
        found = {name: found[name] for name in _chosen(sites, frozenset(found), str(inventory), everything=everything)}
    return [recorded(name, _inventory(file), registry()) for name, file in found.items()]


async def _live(sites: list[str] | None, endpoints: Path, *, everything: bool) -> tuple[list[Snapshot], dict[str, str]]:
    known = load(endpoints)
    names = _chosen(sites, frozenset(known), str(endpoints), everything=everything)
    seen: list[Snapshot] = []
    failed: dict[str, str] = {}
    with telling("reading sites", len(names)) as teller:
        for name in names:
            try:
                seen.append(_whole(await live(known[name], registry(), SYSTEM_CLOCK)))
            except ReconcilerError as error:
                failed[name] = str(error)
            teller.done(name)
    return seen, failed


def _whole(seen: Snapshot) -> Snapshot:
    """A site that was read in part would be written down in part."""
    if seen.unread:
        first = seen.unread[0]
        raise ConfigError(f"{seen.site}: {first.collection} was not read: {first.reason}; adopt it again later")
    return seen


def _chosen(sites: list[str] | None, known: frozenset[str], where: str, *, everything: bool) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(sites or ()))
    if not asked and not everything:
        raise ConfigError("name the sites, or give --all")
    if unknown := [name for name in asked if name not in known]:
        raise ConfigError(f"has no site {', '.join(unknown)}; it has {', '.join(sorted(known)) or 'none'}", where)
    return asked or tuple(sorted(known))


def _inventory(file: Path) -> Mapping[str, Any]:
    try:
        found = orjson.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"no inventory ({error}): write it anew with `stxr inventory`", str(file)) from None
    if not isinstance(found, Mapping):
        raise ConfigError("no inventory (not a mapping of lists): write it anew with `stxr inventory`", str(file))
    return found


def _refuse_existing(done: list[Adopted], into: Path) -> None:
    there = [into / path for one in done for path in one.files if (into / path).exists()]
    if there:
        raise ConfigError(
            "is there already: give --force to replace it, or --dry-run to see what it would be", str(there[0])
        )


def _write(done: list[Adopted], into: Path) -> None:
    for one in done:
        for path, text in one.files.items():
            file = into / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")


def _text(done: list[Adopted], into: Path, *, dry_run: bool) -> None:
    for one in done:
        for path, text in one.files.items():
            if dry_run:
                typer.echo(f"# {path}")
                typer.echo(text, nl=False)
        for why in one.left_out:
            typer.echo(f"left out: {one.site}: {why}", err=True)
        for change in one.found.changes:
            typer.echo(
                f"differs: {one.site}: {change.key}: {', '.join(sorted(change.names)) or change.action}", err=True
            )
        if not dry_run:
            typer.echo(f"{one.site}: {plural(_lines(one), 'line')} written below {into / 'subclouds' / one.site}")


def _lines(one: Adopted) -> int:
    return sum(text.count("\n") for text in one.files.values())


def _json(one: Adopted) -> dict[str, Any]:
    return {
        "site": one.site,
        "files": one.files,
        "left_out": one.left_out,
        "exact": one.is_exact,
        "differences": [str(change.key) for change in one.found.changes],
        "unmanaged": [str(resource.key) for resource in one.found.unmanaged],
    }
