"""`stxr abort`: the deployment that is on its way to a site is to end where it is. Asks no site itself: the controller does."""

from __future__ import annotations

from getpass import getuser
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.where import heard, known
from reconciler.cli.words import Reason
from reconciler.model.aborting import Abort, refusal
from reconciler.model.errors import ConfigError
from reconciler.model.words import State as SiteState

Name = Annotated[str, typer.Argument(help="The site.", metavar="SITE")]


def abort(name: Name, reason: Reason, state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Have the deployment of a subcloud end. Exit: 0 the controller was told so, 1 no deployment is on its way to the site."""
    with heard(state, "abort", database) as store:
        known(state, database).site(name)
        verdict = store.verdict(name)
        plan, now = (verdict.plan, verdict.state) if verdict else (None, SiteState.UNKNOWN)
        if why := refusal(name, now, plan):
            raise ConfigError(why)
        store.aborts.say(Abort(name, getuser(), reason))
    if show is Format.JSON:
        shown.as_json({"aborts": name, "reason": reason})
        return
    typer.echo(f"{name}: ends where dcmanager lets go of it; `stxr status` says how far it came")
