"""Live systems to files: what a site shows, expressed as documents and written where Git keeps it. Pure."""

from reconciler.adopt.order import SITE
from reconciler.adopt.site import FILES, documents, files
from reconciler.adopt.text import text
from reconciler.adopt.tree import Document

__all__ = ["FILES", "SITE", "Document", "documents", "files", "text"]
