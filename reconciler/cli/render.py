"""`stxr render`: the final documents of a site, and with `--explain` where each value comes from. Offline."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli.options import STATE, Repo, Rev, Root, State
from reconciler.cli.selection import selected
from reconciler.desired import explain, render_yaml
from reconciler.engine.opening import open_present
from reconciler.kinds import registry


def render(
    site: Annotated[str, typer.Argument(help="The site.", metavar="SITE")],
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    state: State = STATE,
    explained: Annotated[bool, typer.Option("--explain", help="Show file, line and column of every value.")] = False,
) -> None:
    """Print what Git says of one site, layers and values merged."""
    with open_present(repo, path, rev, state, registry()) as repository:
        selected([site], repository.names, everything=False)
        documents = repository.site(site)
    if explained:
        for line in explain(documents):
            typer.echo(line)
    else:
        typer.echo(render_yaml(documents), nl=False)
