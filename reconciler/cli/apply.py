"""`stxr apply`: make sites what Git says, as far as their policies permit. Shows the plan and asks first."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from reconciler.apply import Pace
from reconciler.cli import results as shown
from reconciler.cli.options import STATE, All, Database, Endpoints, Exit, Format, Repo, Rev, Root, Show, Sites, State
from reconciler.cli.outcome_text import outcome_lines
from reconciler.cli.plan import plan_text, result_json
from reconciler.cli.progress import telling
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, fleet, repository
from reconciler.engine.fleet import Fleet, SiteResult
from reconciler.engine.verdicts import Whose
from reconciler.engine.verdicts import found as verdict
from reconciler.model.errors import ConfigError
from reconciler.model.wire import outcome_json
from reconciler.store import Store, StoreMemory


def apply(
    sites: Sites = None,
    everything: All = False,
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    endpoints: Endpoints = None,
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
    plan_id: Annotated[str, typer.Option("--plan", help="Send only if the plan is this one, as it was reviewed.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: send whatever the plans are, but for what destroys.")
    ] = False,
    allow_unreachable: Annotated[bool, typer.Option(help="Sites that do not answer do not count.")] = False,
) -> None:
    """Send what differs, in order, and wait for its effect. Exit: 0 done, 1 failed or held, 3 not all reached."""
    if database:
        raise ConfigError(
            "controllers that share a database send its plans, and nobody beside them: approve the plan there "
            "(stxr approve PLAN); to send from a state folder of your own, stop them first, and leave out --database "
            "and STXR_DATABASE"
        )
    chosen = Chosen(repo, path, rev, endpoints, state)
    found = shown.in_order(asyncio.run(_applied(chosen, sites, plan_id, everything=everything, yes=yes, show=show)))
    if show is Format.JSON:
        shown.as_json({"sites": [_json(r) for r in found]})
    else:
        for result in found:
            for line in outcome_lines(result):
                typer.echo(line)
    shown.tell_errors(found)
    sys.exit(shown.apply_exit(found, allow_unreachable=allow_unreachable))


async def _applied(
    chosen: Chosen, sites: list[str] | None, plan_id: str, *, everything: bool, yes: bool, show: Format
) -> list[SiteResult]:
    # the folder first: its mirror is as much its owner's as the store
    with Store.open(chosen.state) as store, repository(chosen) as source:
        names = selected(sites, source.names, everything=everything)
        with telling("applying", len(names)) as teller:
            memory, refusals = StoreMemory(store), store.board_refusals
            async with fleet(chosen, source, memory, teller.say, Pace(), refusals=refusals) as opened:
                approved = dict.fromkeys(names, "*") if yes else await _asked(opened, names, plan_id, show)
                found = []
                async for result in opened.apply_all(approved, approved):
                    found.append(result)
                    _keep(store, opened, result)
                    teller.done(result.site)
                return found


def _keep(store: Store, opened: Fleet, result: SiteResult) -> None:
    """What was found and done, for `stxr status` and whoever looks later."""
    if result.judged is None or result.outcome is None:
        return
    repository = opened.office.repository
    commit = result.judged.desired.revision
    settings, key = repository.settings(result.site), repository.tree.keys.get(result.site, "")
    store.record(result.site, commit, result.outcome)
    whose = Whose(result.site, settings, commit, key)
    now, before = opened.office.clock.now(), store.verdict(result.site)
    store.save(verdict(whose, result.judged, result.outcome, now, before))


async def _asked(opened: Fleet, names: tuple[str, ...], plan_id: str, show: Format) -> Mapping[str, str]:
    """Site -> id of the plan that may be sent: the one named, or those that the operator saw and agreed to."""
    found = [r async for r in opened.judge_all(names)]
    plans = {r.site: r.judged.plan.id for r in found if r.judged and r.judged.plan.stages}
    if plan_id:
        return _reviewed(plans, plan_id, {r.site: str(r.error) for r in found if r.error})
    if not plans:
        return dict.fromkeys(names, "")
    if show is Format.JSON or not sys.stdin.isatty():
        raise ConfigError("nobody to ask here: give --yes, or --plan ID of the plan that was reviewed")
    for line in plan_text(shown.in_order(found)):
        typer.echo(line)
    if not typer.confirm("\nSend these plans?"):
        raise typer.Exit(Exit.ERROR)
    return plans


def _reviewed(plans: Mapping[str, str], plan_id: str, errors: Mapping[str, str]) -> Mapping[str, str]:
    matching = {site: found for site, found in plans.items() if found == plan_id}
    if not matching:
        now = ", ".join(f"{site} {found}" for site, found in plans.items()) or "no site has anything to do"
        unread = "; not judged: " + ", ".join(errors) if errors else ""
        raise ConfigError(f"plan {plan_id} is not the plan of any of these sites any more: now {now}{unread}")
    return matching


def _json(result: SiteResult) -> dict[str, object]:
    return result_json(result) | ({"outcome": outcome_json(result.outcome, result.site)} if result.outcome else {})
