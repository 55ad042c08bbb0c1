"""Secrets in calls: where they are, never what they are. They are read when the call is sent, and forgotten after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Stands in a body for a secret. reference: `env:NAME` or `file:/path`."""

    reference: str

    def __str__(self) -> str:
        return f"<secret {self.reference}>"


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is a form: one file, and plain fields beside it (certificate, license)."""

    file: SecretRef
    fields: Mapping[str, str] = field(default_factory=dict)
