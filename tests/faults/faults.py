"""What happens to a controller or to its line at a boundary."""

from __future__ import annotations

from enum import StrEnum

from reconciler.simulator.interference import Connection, Interference, Rule, Trouble
from tests.faults.boundary import At, Boundary, Side


class Fault(StrEnum):
    """Of the process and the line at any boundary; of one call, how it is answered."""

    KILL = "kill"  # SIGKILL; another process takes over
    STOP = "stop"  # SIGSTOP, and SIGCONT after a while
    CUT = "cut"  # no connection for a while
    MUTE = "mute"  # a line that takes everything and says nothing, for a while
    HANG_BEFORE = "hang-before"
    HANG_AFTER = "hang-after"
    RESET = "reset"
    RESET_AFTER = "reset-after"
    HALF = "half"
    S401 = "401"
    S409 = "409"
    S500 = "500"
    # the apply trap: the API stores a setting and dies
    STORED = "stored"
    STORED_KILL = "stored-kill"  # and the process is killed at the same time
    TRAPPED_KILL = "trapped-kill"  # it is killed later on


ANYWHERE = (Fault.KILL, Fault.STOP, Fault.CUT)
OF_A_WRITE = (
    *(Fault.HANG_BEFORE, Fault.HANG_AFTER, Fault.RESET, Fault.RESET_AFTER, Fault.HALF),
    *(Fault.S401, Fault.S409, Fault.S500),
)
KILLS = frozenset((Fault.KILL, Fault.STORED_KILL, Fault.TRAPPED_KILL))
TRAPPED = frozenset((Fault.STORED, Fault.STORED_KILL, Fault.TRAPPED_KILL))
OF_A_READ = (Fault.HANG_BEFORE, Fault.HALF, Fault.S401, Fault.S500)
STORED_FIRST = "/idns/"
WHILE_S = 0.4  # real seconds: half an hour of the site's


def trap() -> Rule:
    """The API stores a setting, and dies before any host hears of it."""
    return Rule(Trouble.STORED, "PATCH", f"/platform/v1{STORED_FIRST}.*")


def faults_at(boundary: Boundary) -> tuple[Fault, ...]:
    """What may happen there. How a call is answered belongs to its beginning."""
    trapped = (Fault.STORED, Fault.STORED_KILL) if STORED_FIRST in boundary.what else ()
    if boundary.at is At.WRITE and boundary.side is Side.BEFORE:
        return (*ANYWHERE, Fault.MUTE, *OF_A_WRITE, *trapped)
    if boundary.at is At.READ:
        return (*ANYWHERE, *OF_A_READ)
    return ANYWHERE


def answered(fault: Fault) -> Rule:
    """How one call is answered, or not."""
    if fault.isdigit():
        return Rule(Trouble.REFUSE, status=int(fault), text="Simulated fault.")
    return Rule(Trouble(fault))


def of_the_line(fault: Fault, line: Interference, side: Side) -> Rule:
    """The line goes, and with it the call at hand, before its effect or after it."""
    line.connection = Connection.RESET if fault is Fault.CUT else Connection.SILENT
    if fault is Fault.MUTE:
        return Rule(Trouble.HANG_AFTER if side is Side.AFTER else Trouble.HANG_BEFORE)
    return Rule(Trouble.RESET_AFTER if side is Side.AFTER else Trouble.RESET)
