"""Secrets by reference: `env:`, `file:`, `sops:` or `vault:`, to a value whose type prints as `**********`.

A reference is resolved each time the value is needed, so a rotated secret is used without a restart. What a service keeps
is asked for again after some minutes, and whenever it did not open what it should.
"""

from reconciler.clients.secrets.committed import is_committed, of_repository
from reconciler.clients.secrets.masking import MASK, masked
from reconciler.clients.secrets.ours import is_ours
from reconciler.clients.secrets.resolving import (
    SCHEMES,
    SecretReference,
    forget,
    in_thread,
    off_the_loop,
    resolve,
    waits,
)

__all__ = [
    "MASK",
    "SCHEMES",
    "SecretReference",
    "forget",
    "in_thread",
    "is_committed",
    "is_ours",
    "masked",
    "of_repository",
    "off_the_loop",
    "resolve",
    "waits",
]
