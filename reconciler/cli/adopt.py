"""`stxr adopt`: a site that nobody wrote down yet, written down: its live configuration as the files of its folder."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.adopt_reading import Source, seen
from reconciler.cli.adopt_text import as_json, lines, notes
from reconciler.cli.factoring_text import factoring_json, factoring_lines
from reconciler.cli.options import All, Endpoints, Exit, Format, Show, Sites
from reconciler.engine.accept import Rewrite
from reconciler.engine.adoption import Adopted, Wish
from reconciler.engine.adoption_root import Root
from reconciler.engine.factoring import Factoring
from reconciler.engine.factoring_root import profile_rewrites, with_profiles
from reconciler.kinds import registry
from reconciler.sources import writing


def adopt(
    sites: Sites = None,
    everything: All = False,
    into: Annotated[Path, typer.Option("--into", help="Root of the site-config repository to write into.")] = Path(),
    endpoints: Endpoints = None,
    inventory: Annotated[
        Path | None, typer.Option("--inventory", help="Offline: an inventory file, or a folder of SITE.json.")
    ] = None,
    minimal: Annotated[bool, typer.Option("--minimal", help="Leave out what the platform sets by itself.")] = False,
    group: Annotated[str, typer.Option("--group", help="Group of fleet.yaml that new sites are put into.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write site.yaml and deployment-config.yaml anew where they are there.")
    ] = False,
    profiles: Annotated[
        bool, typer.Option("--profiles/--no-profiles", help="Write what several new sites share into profiles.")
    ] = True,
    show: Show = Format.TEXT,
) -> None:
    """Write down what sites are: subclouds/SITE/{site.yaml,deployment-config.yaml}, in mode observe. Sends nothing.

    What several new sites share is written once, into profiles. Where a site's files are there already, the lines that
    differ change; comments, order and quoting stay.

    Exit: 0 done, 2 `--dry-run` and there is something to write, 1 error or something could not be written down, 3 some
    sites could not be read; the others are written all the same.
    """
    found = seen(Source(tuple(sites or ()), inventory, endpoints, everything, into))
    root = Root(into, registry(), Wish(minimal, group), is_new=force)
    done = [root.adopted(one) for one in found]
    shared, done = with_profiles(root, done) if profiles else (Factoring(), done)
    rewrites = profile_rewrites(into, shared)
    if not dry_run:
        writing.write(into, _changes((*rewrites, *(rewrite for one in done for rewrite in one.rewrites))))
    if show is Format.JSON:
        told = {"sites": [as_json(one) for one in done], **factoring_json(shared, rewrites)}
        shown.as_json({**told, "written": not dry_run})
    else:
        for line in (line for one in done for line in lines(one, into, dry_run=dry_run)):
            typer.echo(line)
        for line in factoring_lines(shared, rewrites, dry_run=dry_run):
            typer.echo(line)
    for note in (note for one in done for note in notes(one)):
        typer.echo(note, err=True)
    sys.exit(_exit(done, dry_run=dry_run))


def _changes(rewrites: Iterable[Rewrite]) -> Iterable[writing.Change]:
    for rewrite in rewrites:
        before = None if rewrite.before is None else rewrite.before.encode()
        yield writing.Change(rewrite.file, before, rewrite.after.encode())


def _exit(done: Iterable[Adopted], *, dry_run: bool) -> Exit:
    done = tuple(done)
    if not all(one.is_exact for one in done):
        return Exit.ERROR
    if any(one.unread for one in done):
        return Exit.UNJUDGED
    return Exit.CHANGES if dry_run and any(one.rewrites for one in done) else Exit.DONE
