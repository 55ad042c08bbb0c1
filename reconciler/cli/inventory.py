"""`stxr inventory`: everything that a site's APIs list, as one JSON file: for exact offline plans and for bug reports."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from reconciler.apply import Pace
from reconciler.cli.options import STATE, All, Endpoints, Exit, Repo, Rev, Root, Sites, State
from reconciler.cli.progress import telling
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, fleet, looked_at
from reconciler.engine.inventory_files import written
from reconciler.model.errors import ReconcilerError
from reconciler.store import recall


def inventory(
    sites: Sites = None,
    everything: All = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for SITE.json, or `-` for one site.")] = Path(),
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    endpoints: Endpoints = None,
    state: State = STATE,
) -> None:
    """Write each site's inventory as {path: list}. Read only; holds no credential, but names and addresses."""
    chosen = Chosen(repo, path, rev, endpoints, state)
    failed = asyncio.run(_written(chosen, sites, output, everything=everything))
    for site, why in failed:
        typer.echo(f"error: {site}: {why}", err=True)
    sys.exit(Exit.UNJUDGED if failed else Exit.DONE)


async def _written(chosen: Chosen, sites: list[str] | None, output: Path, *, everything: bool) -> list[tuple[str, str]]:
    failed = []
    with looked_at(chosen) as source:
        names = selected(sites, source.names, everything=everything)
        with telling("reading inventories", len(names)) as teller:
            async with fleet(chosen, source, recall(chosen.state), teller.say, Pace()) as opened:
                for name in names:
                    try:
                        _write(await opened.inventory(name), name, output)
                    except ReconcilerError as error:
                        failed.append((name, str(error)))
                    teller.done(name)
    return failed


def _write(found: dict[str, Any], name: str, output: Path) -> None:
    content = written(found, round(time.time()))
    if str(output) == "-":
        typer.echo(content.decode(), nl=False)
    else:
        output.mkdir(parents=True, exist_ok=True)
        (output / f"{name}.json").write_bytes(content)
