"""`stxr look`: sites are read now, and not when their turn comes. Asks no site itself: the controller does."""

from __future__ import annotations

from difflib import get_close_matches
from getpass import getuser

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.words import Group, Names
from reconciler.model.errors import ConfigError
from reconciler.store import speaking, verdicts_of


def look(
    names: Names, group: Group = False, state: State = STATE, database: Database = "", show: Show = Format.TEXT
) -> None:
    """Have the controller read these sites now. Exit: 0 it was told so, 1 it knows no such site or group."""
    known = {v.group if group else v.site for v in verdicts_of(state, database)}
    if missing := [name for name in names if name not in known]:
        raise ConfigError(_unknown(missing[0], sorted(known), "group" if group else "site"))
    with speaking(state, "look", database) as store:
        for name in names:
            store.words.note(getuser(), "look", name)
    if show is Format.JSON:
        shown.as_json({"looks": names, "is_group": group})
        return
    for name in names:
        typer.echo(f"{name}: is read as soon as a worker is free; `stxr status` says what was found")


def _unknown(name: str, known: list[str], what: str) -> str:
    near = get_close_matches(name, known, 3)
    there = f"is it {' or '.join(near)}?" if near else f"there are {len(known)}, see `stxr status`"
    return f"no {what} {name}: {there}"
