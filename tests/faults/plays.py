"""The plans that are put through every fault."""

from __future__ import annotations

from tests.desired.writing import document
from tests.e2e.ottawa import ONE_MORE, OTTAWA, TWO_STEPS
from tests.e2e.test_windows import YARD, YARD_MTU
from tests.faults.rehearsal import Play

# an online step that the API stores before it applies it, one that it does not, and two in a lock window
NAMES = document("System", "ottawa", "  dnsServers: [10.0.0.53, 10.0.2.53]")
ALONE = Play(OTTAWA, TWO_STEPS + ONE_MORE + NAMES)
# each of two controllers is locked once, and activity moves in between
PAIR = Play(YARD, YARD_MTU)
