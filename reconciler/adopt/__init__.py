"""Live systems to files: what a site shows, expressed as documents and written where Git keeps it. Pure."""
