"""Forms as uploads send them: multipart/form-data (RFC 7578) as fields and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from reconciler.simulator.exchange import Request

TYPE = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form. Without a name nothing was uploaded."""

    name: str
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The body of an upload; a missing member is a KeyError, as it is for the real handlers."""

    fields: Mapping[str, str]
    files: Mapping[str, File]

    def told(self) -> dict[str, str]:
        """The form for a record of what was sent: of files what tells them from others."""
        files = {name: f"sha256:{sha256(file.content.encode()).hexdigest()}" for name, file in self.files.items()}
        return {**self.fields, **files}


def form(request: Request) -> Form | None:
    """The form that a request carries; None where it carries none."""
    kind = request.header("Content-Type") or ""
    if not kind.startswith(TYPE):
        return None
    parts = _parts(message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.content))
    fields = {name: _text(part) for name, part in parts if part.get_filename() is None}
    files = {name: File(n, _text(part)) for name, part in parts if (n := part.get_filename()) is not None}
    return Form(fields, files)


def _parts(message: Message) -> list[tuple[str, Message]]:
    parts = message.get_payload()
    found = [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []
    return [(str(part.get_param("name", "", "content-disposition")), part) for part in found]


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode(errors="replace") if isinstance(content, bytes) else ""
