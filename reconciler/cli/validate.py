"""`stxr validate`: is what Git says well-formed? Offline; every error at file:line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from reconciler.cli.options import STATE, All, Exit, Format, Repo, Rev, Root, Show, Sites, State
from reconciler.cli.selection import selected
from reconciler.engine.repository import Repository, open_present
from reconciler.engine.reviewing import moved
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors, ReconcilerError
from reconciler.model.ignore import Rule
from reconciler.review.words import plural

SOON_S = 14 * 86_400.0  # before its end, a rule is told to end


def validate(
    sites: Sites = None,
    everything: All = False,
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    state: State = STATE,
    show: Show = Format.TEXT,
    since: Annotated[
        str, typer.Option("--since", help="Only sites whose files, layers or fleet.yaml differ from this revision.")
    ] = "",
) -> None:
    """Check sites (all of them unless some are named): syntax, types, layers, references. Sends nothing."""
    with open_present(repo, path, rev, state, registry()) as repository:
        names = selected(sites, repository.names, everything=everything or not sites)
        if since:
            with open_present(repo, path, since, state, registry()) as before:
                reached = frozenset(moved(before, repository))
            names = tuple(name for name in names if name in reached)
        found = [_checked(repository, name) for name in names]
    (_as_json if show is Format.JSON else _as_text)(found)
    sys.exit(Exit.ERROR if any(f["errors"] for f in found) else Exit.DONE)


def _checked(repository: Repository, name: str) -> dict[str, Any]:
    try:
        site, desired = repository.site(name), repository.desired(name)
    except ConfigErrors as errors:
        return {"site": name, "errors": [str(e) for e in errors], "warnings": [], "resources": 0}
    except ReconcilerError as error:
        return {"site": name, "errors": [str(error)], "warnings": [], "resources": 0}
    warnings = [f"{w.where}: {w.message}" for w in site.warnings]
    warnings += ending(site.settings.ignore, time.time())
    return {"site": name, "errors": [], "warnings": warnings, "resources": len(desired.resources)}


def ending(rules: Iterable[Rule], now: float) -> Iterator[str]:
    """Rules that have ended, or will soon."""
    for rule in rules:
        if rule.is_over(now):
            yield f"{rule.in_words} has ended, and counts no more: take it out, or give it another end"
        elif rule.until is not None and rule.is_over(now + SOON_S):
            yield f"{rule.in_words} ends at {datetime.fromtimestamp(rule.until, UTC):%Y-%m-%d %H:%M} UTC"


def _as_text(found: list[dict[str, Any]]) -> None:
    """Errors on standard error, each once though many sites share the file; then one line of sum."""
    for kind in ("warnings", "errors"):
        for text in dict.fromkeys(text for f in found for text in f[kind]):
            typer.echo(f"{kind[:-1]}: {text}", err=True)
    bad = [f["site"] for f in found if f["errors"]]
    resources = sum(f["resources"] for f in found)
    summary = f"{plural(len(found), 'site')}, {plural(resources, 'resource')}: " + (
        f"{len(bad)} invalid" if bad else "all valid"
    )
    typer.echo(summary)


def _as_json(found: list[dict[str, Any]]) -> None:
    typer.echo(orjson.dumps({"sites": found}, option=orjson.OPT_INDENT_2).decode())
