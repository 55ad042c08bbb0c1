"""`stxr prove`: a change of Git run on twins of the sites that it reaches, before anybody approves it. Offline."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Exit, Format, Repo, Root, Show, Sites, State
from reconciler.cli.proof_text import proof_lines
from reconciler.cli.review import names_of, opened
from reconciler.cli.session import Chosen
from reconciler.engine.inventory_files import InventoryFiles
from reconciler.engine.proof_subjects import subjects
from reconciler.engine.proving import Budget, proved
from reconciler.engine.trial_worker import TrialWorker
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.maintenance import seconds
from reconciler.model.proof import Proof, ProofResult
from reconciler.model.proof_wire import proof_json


def prove(
    inventory: Annotated[Path, typer.Option("--inventory", help="Folder of inventories, SITE.json.")],
    base: Annotated[str, typer.Option("--base", help="What the sites follow now ...")],
    sites: Sites = None,
    head: Annotated[str, typer.Option("--head", help="... and the change; the folder as it stands without.")] = "",
    repo: Repo = ".",
    path: Root = "",
    state: State = STATE,
    budget: Annotated[str, typer.Option("--budget", help="How long all proofs may take: 90s, 5m, 1h.")] = "5m",
    oldest: Annotated[str, typer.Option("--oldest", help="Inventories that are older prove nothing.")] = "1d",
    show: Show = Format.TEXT,
) -> None:
    """Run a change on twins of the sites that it reaches. Exit: 0 proved, 1 refused or not converging, 3 not all proved."""
    chosen = Chosen(repo, path, head, None, state)
    limits = Budget(_seconds("--budget", budget), oldest_s=_seconds("--oldest", oldest))
    proofs = _proofs(chosen, base, head, sites, InventoryFiles(inventory), limits)
    if show is Format.JSON:
        shown.as_json({"proofs": [proof_json(proof) for proof in proofs]})
    else:
        for line in proof_lines(proofs):
            typer.echo(line)
    sys.exit(proof_exit(proofs))


def _proofs(
    chosen: Chosen, base: str, head: str, sites: list[str] | None, files: InventoryFiles, budget: Budget
) -> tuple[Proof, ...]:
    kinds = registry()
    with opened(chosen, base) as before, opened(chosen, head) as after, TrialWorker(registry) as worker:
        reached = subjects(before, after, names_of(before, after, sites), files.of, kinds)
        return proved(reached, kinds, worker, budget, time.time())


def proof_exit(proofs: tuple[Proof, ...]) -> Exit:
    """1 a proof failed, 3 something was not proved, 0 everything was."""
    if any(proof.is_failed for proof in proofs):
        return Exit.ERROR
    return Exit.UNJUDGED if any(p.result is ProofResult.NOT_PROVED for p in proofs) else Exit.DONE


def _seconds(option: str, text: str) -> float:
    if not (found := seconds(text)):
        raise ConfigError(f"{option} {text}: give a duration as 90s, 5m or 1h30m")
    return float(found)
