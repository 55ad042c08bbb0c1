"""Bodies with parts: forms as dcmanager takes them (RFC 7578), files and fields side by side. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reconciler.model.secret import SecretRef


@dataclass(frozen=True, slots=True)
class InBase64:
    """Stands in a body for a secret as dcmanager wants passwords: base64 of its text."""

    secret: SecretRef

    def __str__(self) -> str:
        return f"<base64 of {self.secret}>"


@dataclass(frozen=True, slots=True)
class File:
    """A part that is a file. A mapping is written as YAML, with the secrets that it refers to in their places."""

    name: str
    content: str | Mapping[str, Any] = field(repr=False)


Part: TypeAlias = str | InBase64 | File


@dataclass(frozen=True, slots=True)
class Multipart:
    """A whole form, in the order of its parts."""

    parts: Mapping[str, Part]
