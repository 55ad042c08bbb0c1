"""The HTTP face: probes and metrics open to all, the fleet as JSON behind a bearer token."""

from reconciler.api.app import Fleet, create_app
from reconciler.api.webhooks import Hooks

__all__ = ["Fleet", "Hooks", "create_app"]
