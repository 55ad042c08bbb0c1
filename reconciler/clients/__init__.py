"""HTTP to the owner APIs of a site: transport errors and faults become the errors of `model`."""

from reconciler.clients.bodies import Reveal, reveal, revealer
from reconciler.clients.central import Declared, open_central, open_central_faults
from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.dcmanager import DcmanagerClient
from reconciler.clients.derived import Derived, load_derived
from reconciler.clients.endpoints import CENTRAL, Credentials, Endpoint, Password, load, load_central
from reconciler.clients.http import Limits, Observer, Sender, open_session
from reconciler.clients.oidc_file import Oidc, load_oidc
from reconciler.clients.platform import PlatformClient
from reconciler.clients.site import ServiceOpener, SiteClients, late_site, open_site, service_opener

__all__ = [
    "CENTRAL",
    "SYSTEM_CLOCK",
    "Clock",
    "Credentials",
    "DcmanagerClient",
    "Declared",
    "Derived",
    "Endpoint",
    "Limits",
    "Observer",
    "Oidc",
    "Password",
    "PlatformClient",
    "Reveal",
    "Sender",
    "ServiceOpener",
    "SiteClients",
    "late_site",
    "load",
    "load_central",
    "load_derived",
    "load_oidc",
    "open_central",
    "open_central_faults",
    "open_session",
    "open_site",
    "reveal",
    "revealer",
    "service_opener",
]
