"""What must outlive a process: base commits, open windows, removals, verdicts, drift, outcomes, words.

Losing it loses no site; what people said has to be said again.
"""

from reconciler.store.lock import Holder, StateLock, state_folder
from reconciler.store.memory import (
    StoreMemory,
    drift_of,
    ended_of,
    recall,
    removals_of,
    rollouts_of,
    sendings_of,
    speaking,
    verdicts_of,
)
from reconciler.store.rollouts import Rendered, Rollouts
from reconciler.store.sessions import Process
from reconciler.store.store import Store
from reconciler.store.words import Words

__all__ = [
    "Holder",
    "Process",
    "Rendered",
    "Rollouts",
    "StateLock",
    "Store",
    "StoreMemory",
    "Words",
    "drift_of",
    "ended_of",
    "recall",
    "removals_of",
    "rollouts_of",
    "sendings_of",
    "speaking",
    "state_folder",
    "verdicts_of",
]
