"""What must outlive a process: base commits, open windows, removals, verdicts, drift, outcomes, words.

Losing it loses no site; what people said has to be said again.
"""

from reconciler.store.aborts import AbortStore
from reconciler.store.bells import Bell
from reconciler.store.beside import (
    Crewed,
    alarming_of,
    crew_of,
    drift_of,
    durations_of,
    ended_of,
    has_store,
    known_of,
    recall,
    removals_of,
    rollouts_of,
    sendings_of,
    speaking,
    verdicts_of,
)
from reconciler.store.bounds import BoundStore
from reconciler.store.database import address
from reconciler.store.fence import fenced
from reconciler.store.lock import Holder, StateLock, state_folder
from reconciler.store.memory import StoreMemory
from reconciler.store.proofs import ProofStore
from reconciler.store.pruning import Before
from reconciler.store.readings import Reading, ReadingStore
from reconciler.store.reviews import Made, News, ReviewStore
from reconciler.store.rollouts import Look, Rendered, Rollouts
from reconciler.store.sessions import Process
from reconciler.store.store import Store
from reconciler.store.words import Words

__all__ = [
    "AbortStore",
    "Before",
    "Bell",
    "BoundStore",
    "Crewed",
    "Holder",
    "Look",
    "Made",
    "News",
    "Process",
    "ProofStore",
    "Reading",
    "ReadingStore",
    "Rendered",
    "ReviewStore",
    "Rollouts",
    "StateLock",
    "Store",
    "StoreMemory",
    "Words",
    "address",
    "alarming_of",
    "crew_of",
    "drift_of",
    "durations_of",
    "ended_of",
    "fenced",
    "has_store",
    "known_of",
    "recall",
    "removals_of",
    "rollouts_of",
    "sendings_of",
    "speaking",
    "state_folder",
    "verdicts_of",
]
