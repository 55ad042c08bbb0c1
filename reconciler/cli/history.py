"""`stxr history SITE`: what was sent to it, deed by deed, newest plan first. From the store; asks no site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.status import in_words
from reconciler.cli.where import known, must_be_there
from reconciler.model.errors import ConfigError
from reconciler.model.history import Happening, Sending, sending_json
from reconciler.model.near import near
from reconciler.store import sendings_of

WIDEST_DEED = 8
ROUND = 3  # sent, answered, waits: what is asked again and again is told once


def history(
    site: Annotated[str, typer.Argument(help="One site, by its name.")],
    plan: Annotated[str, typer.Option("--plan", help="Only the sendings of this plan.", metavar="ID")] = "",
    most: Annotated[int, typer.Option("--last", min=1, help="How many sendings at most.")] = 10,
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Show what was looked at, sent, answered and waited for at a site, and how it ended. Times are UTC.

    Exit: 0 told, also that there was nothing; 1 no such site, or no such plan of it.
    """
    must_be_there(state, database)
    found = sendings_of(state, site, plan, most, database)
    if not found:
        _explain(site, plan, (state, database))
    if show is Format.JSON:
        shown.as_json({"sendings": [sending_json(one) for one in found]})
        return
    if not found:
        typer.echo(f"nothing was sent to {site} that is still known: `stxr status {site}` says what it waits for")
    for line in (line for one in found for line in sending_lines(one)):
        typer.echo(line)


def _explain(site: str, plan: str, where: tuple[Path, str]) -> None:
    """Raises ConfigError for a site, or a plan of it, of which nothing is known."""
    others = [one.plan_id for one in sendings_of(where[0], site, url=where[1])]
    if not others:
        known(*where).site(site)
    if plan:
        raise ConfigError(f"nothing of plan {plan} was sent to {site} that is still known; {near(plan, others)}")


def sending_lines(sending: Sending) -> Iterator[str]:
    """A heading with how it ended; then time, host, what was done, and what of it; a change of process or day between."""
    first, end = sending.happenings[0], sending.end
    how = f"after {in_words(end.at - first.at)}: {end.text}" if end else "has not ended"
    yield f"plan {sending.plan_id} of {sending.site}, begun {_day(first.at)} {_time(first.at)} UTC, {how}"
    width = max(len(h.host) for h in sending.happenings)
    before = Happening(first.at, first.deed, "")
    for happening, again in _folded(sending.happenings):
        if (happening.replica, _day(happening.at)) != (before.replica, _day(before.at)):
            yield "  " + ", ".join(filter(None, (_day(happening.at), happening.replica and f"by {happening.replica}")))
        yield f"  {_time(happening.at)}  {happening.host:{width}}  {happening.deed:{WIDEST_DEED}}  {happening.text}"
        if again:
            yield f"  {_time(again[-1].at)}  {'':{width}}  {'':{WIDEST_DEED}}  … and so on, {len(again) // ROUND} times more"
        before = again[-1] if again else happening


def _folded(happenings: Sequence[Happening]) -> Iterator[tuple[Happening, Sequence[Happening]]]:
    """Each happening, with what only repeats the round that it closes."""
    index = 0
    while index < len(happenings):
        end = index + 1
        while _is_same(happenings[index - ROUND + 1 : index + 1], happenings[end : end + ROUND]):
            end += ROUND
        yield happenings[index], happenings[index + 1 : end]
        index = end


def _is_same(one: Sequence[Happening], other: Sequence[Happening]) -> bool:
    return len(one) == ROUND and [_said(h) for h in one] == [_said(h) for h in other]


def _said(happening: Happening) -> tuple[str, str, str, str]:
    return happening.replica, happening.host, happening.deed, happening.text


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
