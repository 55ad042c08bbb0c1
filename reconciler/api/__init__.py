"""The HTTP face: probes and metrics open to all, the fleet as JSON behind a bearer token."""

from reconciler.api.app import Fleet, create_app

__all__ = ["Fleet", "create_app"]
