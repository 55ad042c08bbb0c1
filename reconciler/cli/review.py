"""`stxr plan --base --head`: what a pull request's check runs. Offline, without credentials."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from reconciler.cli.options import Exit, PlanFormat, ReviewFormat
from reconciler.cli.proof_text import proof_lines
from reconciler.cli.proofs import proofs_of
from reconciler.cli.review_told import told
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, measured
from reconciler.engine.inventory_files import InventoryFiles
from reconciler.engine.opening import open_present
from reconciler.engine.preview import rows_of
from reconciler.engine.proving import Budget
from reconciler.engine.repository import Repository
from reconciler.engine.reviewing import Known, moved, reviewed
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.review import Review
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret


@dataclass(frozen=True, slots=True)
class Asked:
    """Which change, of which sites, and what is known of them. budget: for proofs; None where none are asked for."""

    base: str
    head: str
    sites: list[str] | None = None
    inventory: Path | None = None
    budget: Budget | None = None


def review(chosen: Chosen, asked: Asked, show: PlanFormat) -> Exit:
    """Print what changes between two revisions. Exit: 0 nothing, 2 changes, 1 head has errors, or a proof failed."""
    if not asked.base:
        raise ConfigError("--head needs --base: the revision that the sites follow now")
    if asked.budget and not asked.inventory:
        raise ConfigError("--prove needs --inventory: twins are made of what sites showed; see `stxr inventory`")
    with opened(chosen, asked.base) as before, opened(chosen, asked.head) as after:
        names = names_of(before, after, asked.sites)
        found = _proved(reviewed(before, after, names, _known(chosen, asked.inventory)), before, after, asked)
    typer.echo(told(found, ReviewFormat(show)), nl=False)
    for line in proof_lines(found.proofs or ()) if show is PlanFormat.TEXT and asked.budget else ():
        typer.echo(line)
    for error in found.errors:
        typer.echo(f"error: {error.in_words}", err=True)
    return _exit(found)


def _proved(found: Review, before: Repository, after: Repository, asked: Asked) -> Review:
    """The review with what came of its changes on twins, where that is asked for."""
    if not (asked.budget and asked.inventory):
        return found
    return replace(found, proofs=proofs_of(before, after, found.sites, asked.inventory, asked.budget))


def opened(chosen: Chosen, revision: str) -> Repository:
    """The repository at a revision, without its past. Raises SourceError."""
    return open_present(chosen.repo, chosen.path, revision, chosen.state, registry())


def names_of(before: Repository, after: Repository, sites: list[str] | None) -> tuple[str, ...]:
    """The named sites, or those whose files differ."""
    return selected(sites, before.names | after.names, everything=False) if sites else moved(before, after)


def _known(chosen: Chosen, inventory: Path | None) -> Known:
    return Known(time.time(), chosen.path, lambda site: _observed(site, inventory), measured(chosen))


def _observed(site: str, folder: Path | None) -> Snapshot | None:
    """What `stxr inventory` wrote of a site; None where there is no such file."""
    known = InventoryFiles(folder).of(site) if folder else None
    return interpret(site, rows_of(known.read()), registry(), known.taken_at) if known else None


def _exit(found: Review) -> Exit:
    if found.errors or any(proof.is_failed for proof in found.proofs or ()):
        return Exit.ERROR
    return Exit.DONE if found.is_empty else Exit.CHANGES
