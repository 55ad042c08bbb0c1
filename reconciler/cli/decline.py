"""`stxr decline`: what a commit removed from Git stays on the site. Recorded until Git says the resource again."""

from __future__ import annotations

from getpass import getuser
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.where import known, must_be_there
from reconciler.model.errors import ConfigError
from reconciler.model.near import near
from reconciler.model.removal import Removal
from reconciler.store import speaking


def decline(
    site: Annotated[str, typer.Argument(help="The site, as `stxr status` names it.")],
    resource: Annotated[str, typer.Argument(help="The resource, as the plan names it: controller-0/vlan/mgmt0.")],
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Keep a resource that Git removed: it is un-managed, and no plan deletes it. Exit: 0 recorded, 1 not known."""
    must_be_there(state, database)
    known(state, database).site(site)
    with speaking(state, "decline", database) as store:
        if not store.decline(site, resource):
            raise ConfigError(_not_open(site, resource, store.removals(site)))
        store.words.note(getuser(), "decline", site, resource)
    if show is Format.JSON:
        shown.as_json({"site": site, "resource": resource, "declined": True})
    else:
        typer.echo(f"{site}: {resource} stays on the site, and is not managed until Git says it again")


def _not_open(site: str, resource: str, there: tuple[Removal, ...]) -> str:
    """What could have been meant."""
    if not there:
        return (
            f"{site}: no removal is open; `stxr plan {site}` shows what Git removed, `stxr apply` or `run` records it"
        )
    return f"{site}: no removal of {resource} is open; {near(resource, [str(r.key) for r in there])}"
