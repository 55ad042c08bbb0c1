"""Owner APIs to an observed Snapshot: each list read once, unread lists named, nothing decided."""

from reconciler.observe.interpret import interpret
from reconciler.observe.read import Clients, look, read

__all__ = ["Clients", "interpret", "look", "read"]
