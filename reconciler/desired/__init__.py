"""A site's files → its merged documents and settings, every value with the place where it was written. Pure."""
