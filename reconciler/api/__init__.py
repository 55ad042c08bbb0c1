"""The HTTP face: probes and metrics open to all, the fleet as JSON and people's words behind bearer tokens."""

from reconciler.api.access import Access
from reconciler.api.app import create_app
from reconciler.api.drift import Drifts
from reconciler.api.reviews import ReviewDesk
from reconciler.api.sites import Fleet
from reconciler.api.webhooks import Hooks
from reconciler.api.words import Desk

__all__ = ["Access", "Desk", "Drifts", "Fleet", "Hooks", "ReviewDesk", "create_app"]
