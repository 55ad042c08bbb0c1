"""`stxr accept`: what somebody changed on a site becomes what Git says, in the lines that must differ. Sends nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from reconciler.apply import Pace
from reconciler.cli import results as shown
from reconciler.cli.file_diff import diff
from reconciler.cli.options import STATE, Database, Endpoints, Exit, Format, Repo, Root, Show, State
from reconciler.cli.progress import telling
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, fleet, looked_at
from reconciler.engine.accept import Acceptance, Rewrite
from reconciler.engine.accept import accept as accepted
from reconciler.engine.accept_wishes import Item
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
    show: Show = Format.TEXT,
) -> None:
    """Write what a site shows back to the files that say otherwise. Exit: 0 done, 2 `--dry-run` and there is something
    to write, 1 error or something could not be written back, 3 the site could not be judged.
    """  # noqa: D205
    if commit and branch:
        raise ConfigError("--commit is for the branch that is checked out, --branch for a new one: give one of them")
    folder = _folder(repo, path)
    result = asyncio.run(
        _accepted(Chosen(repo, path, "", endpoints, state, database), site, keys or [], is_shared=shared)
    )
    if isinstance(result, Exit):
        sys.exit(result)
    changes = [] if dry_run else [_change(rewrite) for rewrite in result.rewrites]
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
    yield from (f"  {_item(item)}" for item in result.items)
    yield from (f"  not accepted: {item.name}: {why}" for item, why in result.refused)
    if result.reached:
        yield f"  changes {plural(len(result.reached), 'other site')} too: {', '.join(result.reached)}"
    for rewrite in result.rewrites:
        yield ""
        yield from diff(rewrite)


def message(result: Acceptance) -> str:
    """The commit's: the site, and each value with what it was."""
    names = ", ".join(item.name for item in result.items)
    subject = f"Accept {names} of {result.site}"
    if len(subject) > 72:  # a subject that every tool shows whole
        subject = f"Accept {plural(len(result.items), 'value')} of {result.site}"
    return "\n".join([subject, "", *map(_item, result.items), ""])


def _item(item: Item) -> str:
    return f"{item.name}: {_value(item.was)} → {_value(item.now)}"


def _value(value: Any) -> str:
    return "nothing" if value is None else orjson.dumps(plain(value), default=str).decode()


def _change(rewrite: Rewrite) -> writing.Change:
    before = None if rewrite.before is None else rewrite.before.encode()
    return writing.Change(rewrite.file, before, rewrite.after.encode())


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
