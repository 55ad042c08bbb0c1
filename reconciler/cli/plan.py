"""`stxr plan`: what Git and the sites differ in, what mending it takes, and what that costs. Sends nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from reconciler.apply import Pace
from reconciler.cli import results as shown
from reconciler.cli.options import STATE, All, Database, Endpoints, PlanFormat, Repo, Rev, Root, Sites, State
from reconciler.cli.plan_text import Detail, ignored_lines, plan_lines
from reconciler.cli.progress import telling
from reconciler.cli.proofs import Oldest, Time, budget_of
from reconciler.cli.review import Asked, review
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, fleet, looked_at, measured
from reconciler.cli.why_equal import explained, of_inventories, why_json, why_lines
from reconciler.diff import Alike
from reconciler.engine.fleet import SiteResult
from reconciler.engine.judgement import differences, removals_in_words
from reconciler.engine.reconcile import Judged
from reconciler.model.errors import ConfigError
from reconciler.model.forecast_wire import plan_forecast_json
from reconciler.model.wire import difference_json, ignored_json, plan_json
from reconciler.plan import forecast
from reconciler.review.words import plural
from reconciler.store import recall


def plan(
    sites: Sites = None,
    everything: All = False,
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    endpoints: Endpoints = None,
    state: State = STATE,
    database: Database = "",
    show: Annotated[PlanFormat, typer.Option("--format", help="How plans are printed.")] = PlanFormat.TEXT,
    calls: Annotated[bool, typer.Option("--calls", help="Show the very requests.")] = False,
    why_equal: Annotated[
        bool, typer.Option("--why-equal", help="Show what is written otherwise and counts as the same, and why.")
    ] = False,
    key: Annotated[str, typer.Option("--key", help="With --why-equal: these resources alone, e.g. '*/bond/*'.")] = "",
    base: Annotated[str, typer.Option("--base", help="Offline: compare the rendering of this revision ...")] = "",
    head: Annotated[str, typer.Option("--head", help="... with the rendering of this one.")] = "",
    inventory: Annotated[
        Path | None, typer.Option("--inventory", help="Offline: folder of inventories, SITE.json; makes it exact.")
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Offline: run the change on twins made of the inventories, too.")
    ] = False,
    budget: Time = "5m",
    oldest: Oldest = "1d",
    allow_unreachable: Annotated[bool, typer.Option(help="Sites that do not answer do not count.")] = False,
) -> None:
    """Show what it takes to make sites what Git says. Exit: 0 in sync, 2 changes, 1 error, 3 not all judged."""
    chosen = Chosen(repo, path, rev, endpoints, state, database)
    detail = Detail(calls=calls, why_equal=why_equal, key=key, durations=measured(chosen))
    if base or head:
        if why_equal:
            raise ConfigError("--why-equal asks what sites show: give it without --base and --head")
        limits = budget_of(budget, oldest) if prove else None
        sys.exit(review(chosen, Asked(base, head, sites, inventory, limits), show))
    if prove:
        raise ConfigError("--prove is for a change: give it with --base and --inventory")
    if why_equal and inventory:
        _tell_alike(of_inventories(chosen, sites, inventory, key), show)
        return
    found = shown.in_order(asyncio.run(_judged(chosen, sites, everything=everything)))
    if show is PlanFormat.JSON:
        shown.as_json({"sites": [result_json(r, detail) for r in found]})
    else:
        for line in plan_text(found, detail):
            typer.echo(line)
    shown.tell_errors(found)
    sys.exit(shown.plan_exit(found, allow_unreachable=allow_unreachable))


def _tell_alike(found: Mapping[str, tuple[Alike, ...]], show: PlanFormat) -> None:
    if show is PlanFormat.JSON:
        shown.as_json({"sites": [{"site": site, "alike": list(map(why_json, one))} for site, one in found.items()]})
        return
    for site, one in found.items():
        typer.echo(f"{site}:")
        for line in why_lines(one):
            typer.echo(f"  {line}")


async def _judged(chosen: Chosen, sites: list[str] | None, *, everything: bool) -> list[SiteResult]:
    found = []
    with looked_at(chosen) as source:
        names = selected(sites, source.names, everything=everything)
        with telling("reading sites", len(names)) as teller:
            async with fleet(chosen, source, recall(chosen.state, chosen.database), teller.say, Pace()) as opened:
                async for result in opened.judge_all(names):
                    found.append(result)
                    teller.done(result.site)
    return found


def plan_text(found: list[SiteResult], detail: Detail | None = None) -> Iterator[str]:
    """The plans of many sites, and one line of sum."""
    detail = detail or Detail()
    for result in found:
        if result.judged:
            lasts = forecast(result.judged.plan, result.judged.observed.system, detail.durations).stages
            yield from plan_lines(result.judged.plan, result.judged.found, detail, lasts)
            yield from removal_lines(result.judged)
            yield from ignored_lines(result.judged.ignored)
            yield from why_lines(explained(result.judged, detail.key)) if detail.why_equal else ()
            yield ""
    yield _sum(found)


def removal_lines(judged: Judged) -> Iterator[str]:
    """What Git removed and this plan does not delete, and why."""
    planned = {str(c.key) for c in judged.found.changes if c.pruning}
    told = removals_in_words(judged.removals, judged.found, judged.plan)
    yield from (f"  ! {resource}: {why}" for resource, why in told.items() if resource not in planned)
    if judged.removals.blind:
        yield f"  ! {judged.removals.blind}"


def _sum(found: list[SiteResult]) -> str:
    judged = [r.judged for r in found if r.judged]
    in_sync = sum(j.found.is_empty and j.plan.is_empty for j in judged)
    locked = sum(len(j.plan.locked_hosts) for j in judged)
    parts = [plural(len(found), "site"), f"{in_sync} in sync", f"{len(judged) - in_sync} with changes"]
    parts += [f"{plural(locked, 'host')} to lock"] if locked else []
    parts += [f"{len(found) - len(judged)} not judged"] if len(judged) < len(found) else []
    return ", ".join(parts)


def result_json(result: SiteResult, detail: Detail | None = None) -> dict[str, Any]:
    """One site of `plan --format json`."""
    if result.judged is None:
        return {"site": result.site, "error": str(result.error)}
    judged = result.judged
    asked = detail if detail and detail.why_equal else None
    alike = {"alike": [why_json(one) for one in explained(judged, asked.key)]} if asked else {}
    return {
        "site": result.site,
        "in_sync": judged.found.is_empty and judged.plan.is_empty,
        "differences": [difference_json(d) for d in differences(judged.found, judged.plan)],
        "unmanaged": [str(r.key) for r in judged.found.unmanaged],
        "unjudged": [str(k) for k in judged.found.unjudged],
        "sealed": {str(key): why for key, why in judged.found.reasons.items()},
        "removals": removals_in_words(judged.removals, judged.found, judged.plan),
        "no_deletes": judged.removals.blind,
        "ignored": [ignored_json(one) for one in judged.ignored],
        "plan": plan_json(judged.plan),
        "forecast": plan_forecast_json(forecast(judged.plan, judged.observed.system, (detail or Detail()).durations)),
        **alike,
    }
