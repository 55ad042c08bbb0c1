"""What became of a case, for who looks for the cause of one that did not hold: sendings, workflows, windows, the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from reconciler.model.history import Sending
from reconciler.store import recall

if TYPE_CHECKING:
    from tests.faults.staged import Stage

LOG = 20_000  # characters
WORKFLOWS = text(
    "select workflow_uuid, status, executor_id, recovery_attempts, created_at, updated_at, output from dbos.workflow_status"
    " where name = 'apply' order by created_at"
)
STEPS = text("select workflow_uuid, function_id, function_name from dbos.operation_outputs order by 1, 2")
LEASES = text("select * from leases")
REPLICAS = text("select * from replicas")


def story(stage: Stage) -> str:
    """As text, the oldest first."""
    return "\n".join(_lines(stage))


def _lines(stage: Stage) -> Iterator[str]:
    for sending in reversed(stage.sendings()):
        yield from _told(sending)
    opened = recall(stage.place.state, stage.place.database).windows(stage.name)
    yield f"windows: {sorted(opened)}"
    yield from (
        f"{w.at:.3f} {w.method} {w.path} {w.body} {w.status} {w.agent}" for w in stage.site.system.journal.writes
    )
    if stage.place.database:
        yield from _rows(stage.place.database)
    yield (stage.place.state.parent / "log").read_text()[-LOG:]


def _told(sending: Sending) -> Iterator[str]:
    yield f"{sending.name}: {'has ended' if sending.end else 'has not ended'}"
    for one in sending.happenings:
        yield f"  {one.at:.3f} {one.replica} {one.stage} {one.host} {one.deed}: {one.text}"


def _rows(database: str) -> Iterator[str]:
    engine = create_engine(database)
    with engine.connect() as db:
        for what in (WORKFLOWS, STEPS, LEASES, REPLICAS):
            yield from (str(tuple(row)) for row in db.execute(what))
    engine.dispose()
