"""`stxr look`: sites are read now, and not when their turn comes. Asks no site itself: the controller does."""

from __future__ import annotations

from getpass import getuser

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.where import heard, known
from reconciler.cli.words import Group, Names


def look(
    names: Names, group: Group = False, state: State = STATE, database: Database = "", show: Show = Format.TEXT
) -> None:
    """Have the controller read these sites now. Exit: 0 it was told so, 1 it knows no such site or group."""
    with heard(state, "look", database) as store:
        there = known(state, database)
        for name in names:
            (there.group if group else there.site)(name)
        for name in names:
            store.words.note(getuser(), "look", name)
    if show is Format.JSON:
        shown.as_json({"looks": names, "is_group": group})
        return
    for name in names:
        typer.echo(f"{name}: is read as soon as a worker is free; `stxr status` says what was found")
