"""`stxr rollout`: commits on their way to many sites: what each waits for, and a person's word on it. Asks no site."""

from __future__ import annotations

from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.rollout_forecast_text import forecast_lines, moment, wave_line
from reconciler.cli.where import must_be_there
from reconciler.engine.rollout_words import hears, named
from reconciler.model.rollout import Rollout
from reconciler.model.rollout_wire import counts, member_json, rollout_json, waves_json
from reconciler.store import rollouts_of, speaking

app = typer.Typer(no_args_is_help=True, help="Commits on their way to many sites.")
Id = Annotated[str, typer.Argument(help="The rollout, as `stxr rollout list` names it.", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is told wherever it holds something.")]


@app.command("list")
def list_(state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Every rollout, the newest first: its commit, how far it is, when it may end."""
    must_be_there(state, database)
    found = rollouts_of(state, database)[::-1]
    if show is Format.JSON:
        shown.as_json({"rollouts": [rollout_json(one) for one in found]})
        return
    for one in found:
        typer.echo(_line(one))
    if not found:
        typer.echo("no rollout: a commit that changes more than one site makes one, where fleet.yaml has `rollout:`")


@app.command("show")
def show_(rollout: Id, state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """One rollout: its waves, counts, expected end, and what each site waits for. Exit: 1 there is no such rollout."""
    one = _found(rollout, state, database)
    if show is Format.JSON:
        waves, sites = waves_json(one), [member_json(one, name) for name in one.members]
        shown.as_json({**rollout_json(one), "by_wave": waves, "sites": sites})
        return
    for line in (_line(one), *forecast_lines(one), *_waves(one), *_sites(one)):
        typer.echo(line)


@app.command("pause")
def pause(rollout: Id, reason: Reason, state: State = STATE, database: Database = "") -> None:
    """Let end what is being sent, and begin no further site."""
    _say(_found(rollout, state, database), "paused", reason, state, database)


@app.command("resume")
def resume(rollout: Id, reason: Reason = "", state: State = STATE, database: Database = "") -> None:
    """Go on after a pause, or after too many failures: the sites that failed are tried again."""
    _say(_found(rollout, state, database), "resumed", reason, state, database)


@app.command("abort")
def abort(rollout: Id, reason: Reason, state: State = STATE, database: Database = "") -> None:
    """Send nothing of it any more. Its sites wait for a commit that changes them again; a revert is one."""
    _say(_found(rollout, state, database), "aborted", reason, state, database)


def _say(one: Rollout, action: str, reason: str, state: Path, database: str) -> None:
    hears(one)
    with speaking(state, f"rollout {action}", database) as store:
        store.rollouts.say(one.id, action, getuser(), reason)
    typer.echo(f"rollout {one.id}: {action}" + (f": {reason}" if reason else ""))


def _found(rollout: str, state: Path, database: str) -> Rollout:
    must_be_there(state, database)
    return named(rollout, rollouts_of(state, database))


def _line(one: Rollout) -> str:
    sites = ", ".join(f"{n} {state}" for state, n in counts(one).items())
    return f"{one.id}  commit {one.commit[:12]}  wave {one.wave + 1} of {one.waves}  {sites}  {_how(one)}"


def _how(one: Rollout) -> str:
    if one.ended is not None:
        return f"ended {moment(one.ended)}"
    if one.stopped:
        return one.stopped
    return f"may end {moment(one.expected_end)}" if one.expected_end else "going"


def _waves(one: Rollout) -> Iterator[str]:
    forecast = one.expected if one.expected_end and one.ended is None else None
    known = {wave.wave: wave for wave in forecast.waves} if forecast else {}
    for said in waves_json(one):
        sites = ", ".join(f"{n} {state}" for state, n in said["counts"].items())
        soaks = f", soaks until {moment(said['soaks_until'])}" if said["soaks_until"] else ""
        expected = f", {wave_line(known[said['wave'] - 1])}" if said["wave"] - 1 in known else ""
        yield f"  wave {said['wave']}: {said['settled']} of {said['sites']} sites ({sites}){soaks}{expected}"


def _sites(one: Rollout) -> Iterator[str]:
    for name, member in one.members.items():
        why = one.tells(name)
        yield f"    {name}: {member.state}" + (f": {why}" if why else "")
