"""Live systems to files: what a site shows, expressed as documents and written where Git keeps it. Pure."""

from reconciler.adopt.factor import Factored, Layered, Profile, factored
from reconciler.adopt.factor_files import profile_files, site_files
from reconciler.adopt.factor_places import Leaves, exact, leaves_of
from reconciler.adopt.order import SITE
from reconciler.adopt.site import FILES, documents, files
from reconciler.adopt.text import text
from reconciler.adopt.tree import Document

__all__ = [
    "FILES",
    "SITE",
    "Document",
    "Factored",
    "Layered",
    "Leaves",
    "Profile",
    "documents",
    "exact",
    "factored",
    "files",
    "leaves_of",
    "profile_files",
    "site_files",
    "text",
]
