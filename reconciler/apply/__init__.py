"""A Plan to its Outcome: look, act if it is still needed, look again. Windows are always closed by their opener."""

from reconciler.apply.remote import Clock, Journal, Pace, Remote
from reconciler.apply.send import send
from reconciler.apply.step import Permits, Work, permitted
from reconciler.apply.window import at_rest

__all__ = ["Clock", "Journal", "Pace", "Permits", "Remote", "Work", "at_rest", "permitted", "send"]
