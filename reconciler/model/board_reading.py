"""What came of asking one host's board management controller: what it said, or why it said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reconciler.model.board import Board, Trouble


@dataclass(frozen=True, slots=True)
class BoardReading:
    """One host at `at` (Unix seconds). board: None where there is no answer, and `said` why, for a person.

    trouble: how the controller failed; None where it was not asked.
    """

    host: str
    url: str
    at: float
    board: Board | None = None
    trouble: Trouble | None = None
    said: str = ""


def reading_json(reading: BoardReading) -> Mapping[str, Any]:
    """For programs. Parts that were not read, or that the controller does not have, are null."""
    board = reading.board
    told = {"host": reading.host, "url": reading.url, "asked_at": reading.at, "trouble": reading.trouble}
    return {**told, "message": reading.said, "board": {**asdict(board), "waiting": board.waiting} if board else None}
