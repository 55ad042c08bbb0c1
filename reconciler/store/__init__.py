"""What must outlive a process: base commits, open windows, removals, verdicts, first sightings, outcomes. Losing it loses no site."""

from reconciler.store.lock import Holder, StateLock, state_folder
from reconciler.store.memory import StoreMemory, recall, removals_of, verdicts_of
from reconciler.store.store import Store

__all__ = ["Holder", "StateLock", "Store", "StoreMemory", "recall", "removals_of", "state_folder", "verdicts_of"]
