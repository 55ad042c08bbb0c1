"""Secrets in calls: where they are, never what they are. They are read when the call is sent, and forgotten after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

MASK = "****"  # how sysinv shows a value that may not be seen (sysinv common/service_parameter.py)
_NAMES = re.compile(r"(password|passphrase|passwd|secret|token|(?<!public)_key)$", re.IGNORECASE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Stands in a body for a secret. reference: `env:NAME` or `file:/path`."""

    reference: str

    def __str__(self) -> str:
        return f"<secret {self.reference}>"


@dataclass(frozen=True, slots=True)
class Document:
    """Stands in a body for a text: a YAML document of this content, with the secrets that it refers to in their places."""

    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is a form: one file, and plain fields beside it (certificate, license).

    file: one secret, or several that are one file in this order (a certificate and its private key).
    digest: what the file was when it was planned: another one is not sent. "" sends what is there.
    """

    file: SecretRef | tuple[SecretRef, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    @property
    def files(self) -> tuple[SecretRef, ...]:
        return self.file if isinstance(self.file, tuple) else (self.file,)


def joined(texts: Iterable[str]) -> str:
    """Secrets as one text, each with an end of line as editors and services write it."""
    return "".join(text.replace("\r\n", "\n").rstrip("\n") + "\n" for text in texts)


def digest(text: str) -> str:
    """What tells a text from any other and says nothing of it, however its lines end. A digest stays what it is."""
    return text if _DIGEST.fullmatch(text) else f"sha256:{sha256(joined([text]).encode()).hexdigest()}"


def is_named(name: str) -> bool:
    """A name under which people and platforms keep secrets. Helm's `existingSecret` is the name of one, and none."""
    return _NAMES.search(name) is not None and not name.startswith("existing")
