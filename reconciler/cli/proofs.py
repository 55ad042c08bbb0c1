"""Proofs for the commands that tell them: made in a process of their own, within the time that the options give."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.options import Exit
from reconciler.engine.inventory_files import InventoryFiles
from reconciler.engine.proof_subjects import subjects
from reconciler.engine.proving import Budget, lots_of, proved
from reconciler.engine.repository import Repository
from reconciler.engine.trial_worker import TrialWorker
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.maintenance import seconds
from reconciler.model.proof import Proof, ProofResult

Time = Annotated[str, typer.Option("--budget", help="How long all proofs may take: 90s, 5m, 1h.")]
Oldest = Annotated[str, typer.Option("--oldest", help="Inventories that are older prove nothing.")]


def proofs_of(
    before: Repository, after: Repository, names: Iterable[str], folder: Path, budget: Budget
) -> tuple[Proof, ...]:
    """What came of the change on twins of these sites. Raises what the head says wrongly."""
    kinds, now = registry(), time.time()
    lots = lots_of(subjects(before, after, names, InventoryFiles(folder).of, kinds), kinds, budget, now)
    with TrialWorker(registry) as worker:
        return proved(lots, worker, budget, now)


def budget_of(budget: str, oldest: str) -> Budget:
    """The options as a value. Raises ConfigError."""
    return Budget(_seconds("--budget", budget), oldest_s=_seconds("--oldest", oldest))


def proof_exit(proofs: Iterable[Proof]) -> Exit:
    """1 a proof failed, 3 something was not proved, 0 everything was."""
    proofs = tuple(proofs)
    if any(proof.is_failed for proof in proofs):
        return Exit.ERROR
    return Exit.UNJUDGED if any(p.result is ProofResult.NOT_PROVED for p in proofs) else Exit.DONE


def _seconds(option: str, text: str) -> float:
    if not (found := seconds(text)):
        raise ConfigError(f"{option} {text}: give a duration as 90s, 5m or 1h30m")
    return float(found)
