"""Secrets by reference: `env:`, `file:`, `sops:` or `vault:`, to a value whose type prints as `**********`.

A reference is resolved each time the value is needed, so a rotated secret is used without a restart.
"""

from reconciler.clients.secrets.masking import MASK, masked
from reconciler.clients.secrets.resolving import SCHEMES, SecretReference, off_the_loop, resolve, waits

__all__ = ["MASK", "SCHEMES", "SecretReference", "masked", "off_the_loop", "resolve", "waits"]
