"""`stxr durations`: how long locks, unlocks, swacts, changes and reads took in this fleet. From the store; asks no site."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.where import must_be_there
from reconciler.model.durations import ENOUGH
from reconciler.model.forecast import Measured
from reconciler.model.forecast_wire import measured_json
from reconciler.model.maintenance import told
from reconciler.store import durations_of

NAMES = ("act", "of", "hosts", "hardware", "times", "mean", "p50", "p90", "p95")
FIRST_NUMBER = NAMES.index("times")


def durations(state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Show what was measured, by what hosts are alike: windows are judged, and rollouts forecast, by it. Exit: 0."""
    must_be_there(state, database)
    found = durations_of(state, database).measured()
    if show is Format.JSON:
        shown.as_json({"durations": [measured_json(one) for one in found], "believed_from": ENOUGH})
        return
    if not found:
        typer.echo("nothing was measured yet: plans are expected to take what docs/gates.md says")
        return
    for line in _table([NAMES, *map(_row, found)]):
        typer.echo(line)
    if any(one.count < ENOUGH for one in found):
        typer.echo(f"what was measured fewer than {ENOUGH} times is not gone by yet")


def _row(one: Measured) -> tuple[str, ...]:
    like = one.like
    where = " ".join(filter(None, (like.type, like.mode, like.role)))
    lengths = (one.mean_s, one.p50_s, one.p90_s, one.p95_s)
    return (one.act, one.kind, where, like.hardware, str(one.count), *map(_length, lengths))


def _length(seconds: float) -> str:
    return told(seconds) if seconds >= 60 else f"{seconds:.1f}s"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        texts = row[:FIRST_NUMBER], row[FIRST_NUMBER:]
        left = (f"{text:{width}}" for text, width in zip(texts[0], widths, strict=False))
        right = (f"{text:>{width}}" for text, width in zip(texts[1], widths[FIRST_NUMBER:], strict=True))
        yield "  ".join((*left, *right))
