"""`stxr prove`: a change of Git run on twins of the sites that it reaches, before anybody approves it. Offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Format, Repo, Root, Show, Sites, State
from reconciler.cli.proof_text import proof_lines
from reconciler.cli.proofs import Oldest, Time, budget_of, proof_exit, proofs_of
from reconciler.cli.review import names_of, opened
from reconciler.cli.session import Chosen
from reconciler.model.proof_wire import proof_json


def prove(
    inventory: Annotated[Path, typer.Option("--inventory", help="Folder of inventories, SITE.json.")],
    base: Annotated[str, typer.Option("--base", help="What the sites follow now ...")],
    sites: Sites = None,
    head: Annotated[str, typer.Option("--head", help="... and the change; the folder as it stands without.")] = "",
    repo: Repo = ".",
    path: Root = "",
    state: State = STATE,
    budget: Time = "5m",
    oldest: Oldest = "1d",
    show: Show = Format.TEXT,
) -> None:
    """Run a change on twins of the sites that it reaches. Exit: 0 proved, 1 refused or not converging, 3 not all proved."""
    chosen, limits = Chosen(repo, path, head, None, state), budget_of(budget, oldest)
    with opened(chosen, base) as before, opened(chosen, head) as after:
        proofs = proofs_of(before, after, names_of(before, after, sites), inventory, limits)
    if show is Format.JSON:
        shown.as_json({"proofs": [proof_json(proof) for proof in proofs]})
    else:
        for line in proof_lines(proofs):
            typer.echo(line)
    sys.exit(proof_exit(proofs))
