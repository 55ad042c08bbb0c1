"""A certificate authority of the simulator's own, for ``--tls-dir``: made anew at each start.

Needs the package trustme, which is a development dependency: nobody serves the simulator to others.
"""

from __future__ import annotations

import ssl
from pathlib import Path


def make(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """The server's context, and the CA bundle that its clients must trust (``ca.pem`` in the folder)."""
    try:
        import trustme  # noqa: PLC0415  only --tls-dir needs it
    except ImportError:
        raise RuntimeError("--tls-dir needs the package trustme: pip install trustme") from None
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, "localhost").configure_cert(context)
    folder.mkdir(parents=True, exist_ok=True)
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    return context, bundle
