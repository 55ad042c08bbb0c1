"""A Plan to its Outcome: look, act if it is still needed, look again. Windows are always closed by their opener."""

from reconciler.apply.hosts import at_rest
from reconciler.apply.remote import Clock, Journal, Pace, Recorder, Remote, unrecorded
from reconciler.apply.send import send
from reconciler.apply.work import Keeps, Permits, Work, permitted

__all__ = [
    "Clock",
    "Journal",
    "Keeps",
    "Pace",
    "Permits",
    "Recorder",
    "Remote",
    "Work",
    "at_rest",
    "permitted",
    "send",
    "unrecorded",
]
