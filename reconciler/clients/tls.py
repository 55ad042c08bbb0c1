"""How a site's certificate is verified. There is no way to turn it off."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from reconciler.model.errors import ConfigError


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Verification against a site's own CAs, or the machine's. Made once a bundle: it takes 17 ms and memory.

    A bundle that was replaced is read again. Raises ConfigError.
    """
    if ca_file is None:
        return _context(None, 0, 0)
    try:
        found = ca_file.stat()
        return _context(ca_file, found.st_mtime_ns, found.st_size)
    except ssl.SSLError:
        raise ConfigError("holds no certificate in PEM form", f"caBundle {ca_file}") from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", f"caBundle {ca_file}") from None


@lru_cache(maxsize=8192)
def _context(ca_file: Path | None, mtime_ns: int, size: int) -> ssl.SSLContext:  # noqa: ARG001 - they tell versions
    return ssl.create_default_context(cafile=ca_file)
