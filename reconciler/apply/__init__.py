"""A Plan to its Outcome: look, act if it is still needed, look again. Windows are always closed by their opener."""

from reconciler.apply.remote import Clock, Journal, Pace, Remote
from reconciler.apply.send import send
from reconciler.apply.step import Work
from reconciler.apply.window import at_rest

__all__ = ["Clock", "Journal", "Pace", "Remote", "Work", "at_rest", "send"]
