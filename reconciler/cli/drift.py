"""`stxr drift`: what differs on the fleet, one entry a cause, with its past. From the store; asks no site."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Repo, Root, Show, Sites, State
from reconciler.cli.plan_text import ignored_lines
from reconciler.cli.session import Chosen, looked_at
from reconciler.cli.status import in_words
from reconciler.cli.where import must_be_there
from reconciler.engine.drift_report import SetBy, causes_json, places, unknown
from reconciler.engine.known import Known
from reconciler.model.drift import DriftCause
from reconciler.model.drift_groups import OneCause, Wanted, causes
from reconciler.model.errors import ReconcilerError
from reconciler.model.verdict import Verdict
from reconciler.model.wire import ignored_json
from reconciler.model.words import Severity
from reconciler.review.words import plural
from reconciler.store import drift_of, ended_of, verdicts_of
from reconciler.store.drift import Ended

MOST_SITES = 5  # that a line names
MOST_PLACES = 3


def drift(
    sites: Sites = None,
    group: Annotated[str, typer.Option("--group", help="Only sites of this group.")] = "",
    cause: Annotated[
        DriftCause | None, typer.Option("--cause", help="Only this cause; what is unmanaged is left out without.")
    ] = None,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="Only this change, on every site that has it.")
    ] = "",
    severity: Annotated[Severity | None, typer.Option("--severity", help="Only this severity.")] = None,
    ignored: Annotated[
        bool, typer.Option("--ignored", help="What differs and does not count, and by which rule.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="What ended, and how, in place of what drifts now.")
    ] = False,
    most: Annotated[int, typer.Option("--last", min=1, help="With --history: how many at most.")] = 50,
    repo: Repo = ".",
    path: Root = "",
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Show what is not as Git says, one entry a cause, the worst first: since when, why, where, and who set the value.

    Who set it is asked of the repository (--repo), where it has the commit that was read.
    """
    must_be_there(state, database)
    verdicts = {v.site: v for v in verdicts_of(state, database)}
    known = {v.site: v.group for v in verdicts.values()}
    _are_known(sites or (), group, Known.of(verdicts.values()))
    if ignored:
        _ignored([v for v in verdicts.values() if v.site in (sites or known) and group in {"", v.group}], show)
        return
    if history:
        _history(ended_of(state, sites or [""], fingerprint, most, database), show)
        return
    wanted = Wanted(frozenset(sites or ()), group, cause, fingerprint, severity)
    found = causes(drift_of(state, database), known, wanted)
    set_by = _asked(repo, path, state)
    if show is Format.JSON:
        shown.as_json({"total": len(found), "causes": causes_json(found, set_by)})
        return
    for line in drift_lines(found, time.time(), set_by):
        typer.echo(line)


def _are_known(sites: Iterable[str], group: str, there: Known) -> None:
    """Raises ConfigError for a name of which nothing is known: silence would pass for no drift."""
    for name in sites:
        there.site(name)
    if group:
        there.group(group)


def _asked(repo: str, path: str, state: Path) -> SetBy:
    """The repository as it is asked who set a line; where there is none, nobody is told."""
    try:
        return looked_at(Chosen(repo, path, "", None, state)).set_by
    except ReconcilerError:
        return unknown


def drift_lines(found: tuple[OneCause, ...], now: float, set_by: SetBy = unknown) -> Iterator[str]:
    """A line for each cause, below it the values, the sites, their places in Git, and what the sites noted then."""
    if not found:
        yield "nothing drifts, as far as it was looked at: `stxr status` says how old that is"
        return
    for one in found:
        yield from _cause(one, now, set_by)
    reached = {site for one in found for site in one.sites}
    yield f"{plural(len(found), 'cause')} on {plural(len(reached), 'site')}"


def _cause(one: OneCause, now: float, set_by: SetBy) -> Iterator[str]:
    flaps = ", comes and goes" if one.is_flapping else ""
    since = f"since {in_words(now - one.first_seen)}{flaps}"
    yield f"{one.fingerprint}  {one.severity}  {one.why}  {plural(len(one.sites), 'site')}  {since}  {one.what}"
    first = one.members[0].drift
    if one.why is not DriftCause.UNMANAGED:
        difference = first.difference
        yield f"    is {difference.observed or 'absent'}, Git says {difference.desired or 'nothing'}"
    for place, facts in places(one, set_by, MOST_PLACES):
        by = f": {facts.commit[:12]} {facts.author}, {facts.at:%Y-%m-%d}: {facts.subject}" if facts else ""
        yield f"    {place}{by}"
    if len(one.origins) > MOST_PLACES:
        yield f"    … and {len(one.origins) - MOST_PLACES} places more"
    yield f"    {_some(one.sites)}"
    if len(one.sites) == 1:
        yield from (
            f"    {_time(clue.at)} UTC {clue.id} {clue.state} {clue.entity}: {clue.reason}" for clue in first.clues
        )


def _some(sites: tuple[str, ...]) -> str:
    more = f", … and {len(sites) - MOST_SITES} more" if len(sites) > MOST_SITES else ""
    return ", ".join(sites[:MOST_SITES]) + more


def _ignored(verdicts: list[Verdict], show: Format) -> None:
    if show is Format.JSON:
        found = [{"site": v.site, **ignored_json(one)} for v in verdicts for one in v.ignored]
        shown.as_json({"ignored": found, "lapsed": sorted({text for v in verdicts for text in v.lapsed})})
        return
    for verdict in verdicts:
        for line in ignored_lines(verdict.ignored):
            typer.echo(f"{verdict.site}{line.replace('  ·', ':', 1)}")
    for text in sorted({text for v in verdicts for text in v.lapsed}):
        typer.echo(text)


def _history(ended: Iterable[Ended], show: Format) -> None:
    if show is Format.JSON:
        shown.as_json({"ended": [{"number": one.number, **one.content} for one in ended]})
        return
    for line in history_lines(ended):
        typer.echo(line)


def history_lines(ended: Iterable[Ended]) -> Iterator[str]:
    """A line for each: when it ended, how, on which site, what it was, and how long."""
    for one in ended:
        said = one.content
        lasted = in_words(said["resolved_at"] - said["first_seen"])
        what = " ".join(filter(None, (said["resource"], said["attribute"])))
        yield (
            f"{_time(said['resolved_at'])} UTC  {said['resolution']}  {said['site']}  {what}: "
            f"{said['observed'] or 'absent'}, Git said {said['desired'] or 'nothing'}  "
            f"({said['cause']}, after {lasted}, {said['fingerprint']})"
        )


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"
