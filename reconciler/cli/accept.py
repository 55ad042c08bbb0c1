"""`stxr accept`: what somebody changed on a site becomes what Git says, in the lines that must differ. Sends nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from reconciler.apply import Pace
from reconciler.cli import results as shown
from reconciler.cli.file_diff import diff
from reconciler.cli.options import STATE, Database, Endpoints, Exit, Format, Repo, Root, Show, State
from reconciler.cli.progress import telling
from reconciler.cli.proposal import proposal_lines, proposed
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, fleet, looked_at
from reconciler.engine.accept import Acceptance
from reconciler.engine.accept import accept as accepted
from reconciler.engine.accept_text import item_line, message
from reconciler.engine.accept_wishes import Item
from reconciler.engine.proposing import Proposed, change_of, proposed_json
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.wire import plain
from reconciler.review.words import plural
from reconciler.sources import writing
from reconciler.store import recall


def accept(
    site: Annotated[str, typer.Argument(help="The site.", metavar="SITE")],
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="What to accept, KEY or KEY:ATTRIBUTE; all that drifted without.", metavar="[KEY]..."),
    ] = None,
    repo: Repo = ".",
    path: Root = "",
    endpoints: Endpoints = None,
    state: State = STATE,
    database: Database = "",
    shared: Annotated[
        bool, typer.Option("--shared", help="Change values of a profile there, for every site that uses it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, write nothing.")] = False,
    commit: Annotated[bool, typer.Option("--commit", help="Commit it to the branch that is checked out.")] = False,
    branch: Annotated[
        str, typer.Option("--branch", help="Commit it to a new branch; the work tree stays as it is.")
    ] = "",
    propose: Annotated[
        bool, typer.Option("--propose", help="Push a branch with it, named by --branch or by what it is, for review.")
    ] = False,
    forge: Annotated[
        Path | None,
        typer.Option("--forge", envvar="STXR_FORGE", help="With --propose: the forge's file; opens a pull request."),
    ] = None,
    show: Show = Format.TEXT,
) -> None:
    """Write what a site shows back to the files that say otherwise. Exit: 0 done, 2 `--dry-run` and there is something
    to write, 1 error or something could not be written back, 3 the site could not be judged.
    """  # noqa: D205
    if commit and branch:
        raise ConfigError("--commit is for the branch that is checked out, --branch for a new one: give one of them")
    if propose and commit:
        raise ConfigError("--propose pushes a branch of its own, --commit is for the one that is checked out")
    chosen = Chosen(repo, path, "", endpoints, state, database)
    folder = Path(repo) / path if propose else _folder(repo, path)
    result = asyncio.run(_accepted(chosen, site, keys or [], is_shared=shared))
    if isinstance(result, Exit):
        sys.exit(result)
    if propose:
        is_proposed = bool(result.rewrites) and not dry_run
        _tell_proposed(result, proposed(chosen, result, branch, forge) if is_proposed else None, show)
        sys.exit(_exit(result, dry_run=dry_run))
    changes = [] if dry_run else [change_of(rewrite) for rewrite in result.rewrites]
    made = None
    if changes and (commit or branch):
        made = writing.commit(folder, changes, message(result), branch)
    else:
        writing.write(folder, changes)
    if show is Format.JSON:
        shown.as_json(_json(result) | {"commit": made.id if made else "", "written": bool(changes)})
    else:
        for line in (*acceptance_lines(result), *_committed(made)):
            typer.echo(line)
    sys.exit(_exit(result, dry_run=dry_run))


def _tell_proposed(result: Acceptance, made: Proposed | None, show: Format) -> None:
    if show is Format.JSON:
        shown.as_json(_json(result) | {"proposed": proposed_json(made) if made else None})
        return
    for line in (*acceptance_lines(result), *(proposal_lines(made) if made else ())):
        typer.echo(line)


def _committed(made: writing.Committed | None) -> Iterator[str]:
    if made is not None:
        yield from ("", f"committed to {made.branch}: {made.id[:12]}")


def _folder(repo: str, path: str) -> Path:
    folder = Path(repo) / path
    if not folder.is_dir():
        raise ConfigError(f"{repo} is no local folder: accept writes files; clone the repository, and give --repo")
    return folder


def _exit(result: Acceptance, *, dry_run: bool) -> Exit:
    if result.refused:
        return Exit.ERROR
    return Exit.CHANGES if dry_run and result.rewrites else Exit.DONE


async def _accepted(chosen: Chosen, site: str, keys: list[str], *, is_shared: bool) -> Acceptance | Exit:
    with looked_at(chosen) as source:
        selected([site], source.names, everything=False)
        with telling("reading sites", 1) as teller:
            async with fleet(chosen, source, recall(chosen.state, chosen.database), teller.say, Pace()) as opened:
                results = [result async for result in opened.judge_all([site])]
                teller.done(site)
        shown.tell_errors(results)
        judged = results[0].judged
        if judged is None:
            return shown.plan_exit(results, allow_unreachable=False)
        return accepted(judged, source, registry(), keys, is_shared=is_shared)


def acceptance_lines(result: Acceptance) -> Iterator[str]:
    """What is accepted, what is not and why, and the diff of the files."""
    if not result.items and not result.refused:
        yield f"{result.site}: nothing to accept: nothing drifted; name what else Git is to say (`stxr plan` shows it)"
        return
    yield f"{result.site}: {plural(len(result.items), 'value')} accepted"
    yield from (f"  {item_line(item)}" for item in result.items)
    yield from (f"  not accepted: {item.name}: {why}" for item, why in result.refused)
    if result.reached:
        yield f"  changes {plural(len(result.reached), 'other site')} too: {', '.join(result.reached)}"
    for rewrite in result.rewrites:
        yield ""
        yield from diff(rewrite)


def _json(result: Acceptance) -> dict[str, Any]:
    return {
        "site": result.site,
        "accepted": [_item_json(item) for item in result.items],
        "refused": [_item_json(item) | {"why": why} for item, why in result.refused],
        "reached": list(result.reached),
        "files": [{"path": r.file, "diff": "\n".join(diff(r))} for r in result.rewrites],
    }


def _item_json(item: Item) -> dict[str, Any]:
    return {"key": str(item.key), "attribute": item.attribute, "was": plain(item.was), "now": plain(item.now)}
