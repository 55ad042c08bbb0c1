"""`stxr validate`: is what Git says well-formed? Offline; every error at file:line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from reconciler.cli.options import STATE, All, Deployable, Exit, Format, Repo, Rev, Root, Show, Sites, State
from reconciler.cli.selection import selected
from reconciler.desired import (
    FLEET,
    Range,
    SecretNamed,
    boards,
    claims,
    disputes,
    meetings,
    parse_blob,
    ranges,
    secrets_named,
    undeployable,
)
from reconciler.engine.committed import revealing
from reconciler.engine.opening import open_present
from reconciler.engine.repository import Repository
from reconciler.engine.reviewing import moved
from reconciler.engine.secrets_tried import tried
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
    deployable: Deployable = False,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Read every secret that is named, too: where the controller can.")
    ] = False,
) -> None:
    """Check sites (all of them unless some are named): syntax, types, layers, references, networks. Sends nothing."""
    with open_present(repo, path, rev, state, registry()) as repository:
        names = selected(sites, repository.names, everything=everything or not sites)
        every: list[Range] = []
        if since:
            with open_present(repo, path, since, state, registry()) as before:
                reached = frozenset(moved(before, repository))
                names = tuple(name for name in names if name in reached)
                if _taken(before, names) != _taken(repository, names):
                    every += _ranges(repository, repository.names - frozenset(names))
        found = [_checked(repository, name, every, deployable=deployable) for name in names]
        for each in found:
            each["warnings"] += _unkept(repository)
        _note_claims(found, repository)
        if secrets:
            _try_secrets(repository, found)
    _note_meetings(found, every)
    (_as_json if show is Format.JSON else _as_text)(found)
    sys.exit(Exit.ERROR if any(f["errors"] for f in found) else Exit.DONE)


def _checked(repository: Repository, name: str, every: list[Range], *, deployable: bool) -> dict[str, Any]:
    """What is wrong with a site; the addresses that are its alone are added to every other's."""
    try:
        site, desired = repository.site(name), repository.desired(name)
    except ConfigErrors as errors:
        return {"site": name, "errors": [str(e) for e in errors], "warnings": [], "resources": 0}
    except ReconcilerError as error:
        return {"site": name, "errors": [str(error)], "warnings": [], "resources": 0}
    warnings = [f"{w.where}: {w.message}" for w in site.warnings]
    warnings += ending(site.settings.ignore, time.time())
    every += (*ranges(site), *boards(site))
    lacking = [str(error) for error in undeployable(site, repository.releases())] if deployable else []
    return {"site": name, "errors": lacking, "warnings": warnings, "resources": len(desired.resources)}


def _unkept(repository: Repository) -> list[str]:
    """That what is said of the central cloud is kept by nobody: its folder is not there."""
    with suppress(ReconcilerError):
        fleet = repository.fleet()
        if fleet and fleet.central and fleet.central_site not in repository.names:
            root = parse_blob(FLEET, repository.content(FLEET)).root
            where = (root and root.get("central")) or root
            missing = f"there is no folder subclouds/{fleet.central_site}: nobody keeps what is said here"
            return [f"{where.origin if where else FLEET}: central: {missing}"]
    return []


def _try_secrets(repository: Repository, found: list[dict[str, Any]]) -> None:
    """What cannot be read is an error of each site that wants it; of those that are wrong anyway nothing is tried."""
    named = {f["site"]: _named(repository, f["site"]) for f in found if not f["errors"]}
    wrong = tried({one for every in named.values() for one in every}, revealing(repository))
    for f in found:
        mine = named.get(f["site"], ())
        f["secrets"] = len(mine)
        f["errors"] += [str(wrong[one]) for one in mine if one in wrong]


def _named(repository: Repository, site: str) -> tuple[SecretNamed, ...]:
    named = secrets_named(repository.site(site), repository.tree.site_files(site).files)
    return tuple(dict.fromkeys(named))


def _ranges(repository: Repository, names: Iterable[str]) -> Iterator[Range]:
    """The addresses that are these sites' alone; none of a site that cannot be read."""
    for name in sorted(frozenset(names) & repository.names):
        yield from repository.taken(name)


def _taken(repository: Repository, names: Iterable[str]) -> set[tuple[str, str, str]]:
    """The same wherever they are written: unless it moved, no other site need be read for it."""
    return {(each.site, str(each.first), str(each.last)) for each in _ranges(repository, names)}


def _note_meetings(found: list[dict[str, Any]], every: list[Range]) -> None:
    """Ranges of two sites that meet are errors of the later one, or of the one that is checked."""
    errors = {f["site"]: f["errors"] for f in found}
    for meeting in meetings(every):
        told = next((each.site for each in (meeting.second, meeting.first) if each.site in errors), None)
        if told is not None:
            errors[told].append(str(meeting.error))


def _note_claims(found: list[dict[str, Any]], repository: Repository) -> None:
    """A name that two sites say they had is an error of the later one."""
    errors = {f["site"]: f["errors"] for f in found}
    sound = [site for site, wrong in errors.items() if not wrong]
    every = [claim for site in sound for claim in claims(repository.tree.site_files(site))]
    for site, error in disputes(every):
        errors[site].append(str(error))


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
    secrets = f", {plural(sum(f['secrets'] for f in found), 'secret')}" if any("secrets" in f for f in found) else ""
    summary = f"{plural(len(found), 'site')}, {plural(resources, 'resource')}{secrets}: " + (
        f"{len(bad)} invalid" if bad else "all valid"
    )
    typer.echo(summary)


def _as_json(found: list[dict[str, Any]]) -> None:
    typer.echo(orjson.dumps({"sites": found}, option=orjson.OPT_INDENT_2).decode())
