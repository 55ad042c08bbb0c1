"""The program put together from its parts; `controller` is it, as a context."""

from reconciler.app.controller import WORKFLOWS, Started, controller
from reconciler.app.options import Listen, Running

__all__ = ["WORKFLOWS", "Listen", "Running", "Started", "controller"]
