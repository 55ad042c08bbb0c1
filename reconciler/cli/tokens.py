"""`stxr token add`, `list`, `revoke`: who may use the API, and what they may do there."""

from __future__ import annotations

import time
from getpass import getuser
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.status import in_words
from reconciler.cli.where import heard
from reconciler.model.errors import ConfigError
from reconciler.model.near import near
from reconciler.model.role import Bearer, Role
from reconciler.store import speaking

Name = Annotated[str, typer.Argument(help="Whose it is: a person's or a program's name; it stands in the audit.")]

tokens = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who may use the API: add, list, revoke tokens.")


@tokens.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="viewer sees, approver also approves, operator also suspends.")],
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Make a token and print it, this once: only its digest is kept. It counts at once."""
    with speaking(state, "token add", database) as store:
        token = store.tokens.add(name, role, getuser())
    if show is Format.JSON:
        shown.as_json({"name": name, "role": role, "token": token})
        return
    typer.echo(token)
    typer.echo(f"{name} is {role}; keep the token now: it is not shown again", err=True)


@tokens.command("list")
def listed(state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Show who holds a token, with their roles and since when."""
    with heard(state, "token list", database) as store:
        bearers = store.tokens.bearers()
    if show is Format.JSON:
        shown.as_json({"tokens": [{"name": b.name, "role": b.role, "since": b.since, "by": b.by} for b in bearers]})
        return
    for bearer in bearers:
        typer.echo(_line(bearer, time.time()))
    if not bearers:
        typer.echo("no token was added: `stxr token add NAME --role ROLE` makes one")


@tokens.command()
def revoke(name: Name, state: State = STATE, database: Database = "") -> None:
    """Let nobody in by this token any more, at once. Exit: 0 revoked, 1 there is none of this name."""
    with heard(state, "token revoke", database) as store:
        is_gone = store.tokens.revoke(name, getuser())
        holders = [b.name for b in store.tokens.bearers()]
    if not is_gone:
        raise ConfigError(f"there is no token {name}; {near(name, holders)}")
    typer.echo(f"{name}: revoked")


def _line(bearer: Bearer, now: float) -> str:
    return f"{bearer.name}: {bearer.role}, added {in_words(now - bearer.since)} ago by {bearer.by}"
