"""How the alarms that we raise on the system controller are kept, as far as anybody who asks later should know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlarmCall(StrEnum):
    """What the system controller's Fault Management is asked for."""

    LOOK = "look"
    RAISE = "raise"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Alarming:
    """Times are Unix seconds.

    may_stand: written down before the first is raised, and taken back when none is left: alarms of ours are found and
      cleared also by a process that was never told to raise any. stand: how many did, at the last look that went well.
    failing_since: the first of the tries in a row that did not go well, of which there were so many; error: of the last.
    """

    may_stand: bool = False
    stand: int = 0
    failing_since: float | None = None
    tries: int = 0
    error: str = ""
