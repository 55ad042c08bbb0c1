"""HTTP to the owner APIs of a site: transport errors and faults become the errors of `model`."""

from reconciler.clients.bodies import reveal
from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.endpoints import Endpoint, load
from reconciler.clients.http import Limits, Observer, Sender, open_session
from reconciler.clients.platform import PlatformClient
from reconciler.clients.site import SiteClients, open_site

__all__ = [
    "SYSTEM_CLOCK",
    "Clock",
    "Endpoint",
    "Limits",
    "Observer",
    "PlatformClient",
    "Sender",
    "SiteClients",
    "load",
    "open_session",
    "open_site",
    "reveal",
]
