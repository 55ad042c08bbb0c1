"""Bodies of requests as bytes: JSON, or a form. Here references become the secrets that they name."""

from __future__ import annotations

import base64
import secrets as random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler.clients.json import Whole, encode
from reconciler.clients.secrets import in_thread, is_committed, is_ours, of_repository, resolve, waits
from reconciler.model.errors import ConfigError
from reconciler.model.multipart import File, InBase64, Multipart, Part
from reconciler.model.secret import Document, SecretRef, Upload, digest, joined

JSON = "application/json"
ROOT = Path("/")  # references in documents are absolute, but for files of the repository itself
Reveal = Callable[[str], SecretStr]


def reveal(reference: str) -> SecretStr:
    """The value behind a reference of a document. Raises ConfigError, never with a value.

    What it names may be sent to a site, so what opens the program's own doors is not for documents.
    """
    if is_committed(reference):
        raise ConfigError(f"{reference}: no commit is at hand here to read it from: give its absolute path")
    if wrong := is_ours(reference):
        raise ConfigError(f"{reference}: {wrong}")
    return resolve(reference, ROOT)


def revealer(content: Callable[[str], bytes]) -> Reveal:
    """The same, with files of SOPS that the site-config repository has. content: of a path in it; raises ConfigError."""

    def revealed_or_committed(reference: str) -> SecretStr:
        return of_repository(reference, content) if is_committed(reference) else reveal(reference)

    return revealed_or_committed


def encoded(body: Any, reveal: Reveal = reveal) -> tuple[bytes, tuple[SecretStr, ...], str]:
    """The bytes, the secrets that are in them, and their content type. Raises ConfigError, never with a value."""
    if isinstance(body, Upload):
        return _form(body, reveal)
    if isinstance(body, Multipart):
        return _parts(body, reveal)
    content, shown = encode(revealed(body, reveal))
    return content, shown, JSON


async def encoded_now(body: Any, reveal: Reveal = reveal) -> tuple[bytes, tuple[SecretStr, ...], str]:
    """The same, for an event loop: a secret that takes a while to be read is read in a thread."""
    if any(waits(reference) for reference in _references(body)):
        return await in_thread(partial(encoded, body, reveal))
    return encoded(body, reveal)


def _references(value: Any) -> Iterator[str]:
    """Every reference in a body."""
    match value:
        case SecretRef():
            yield value.reference
        case InBase64():
            yield value.secret.reference
        case Document():
            yield from _references(value.content)
        case Upload():
            yield from (file.reference for file in value.files)
        case Multipart():
            yield from _references(tuple(value.parts.values()))
        case File():
            yield from _references(value.content)
        case Mapping():
            yield from _references(tuple(value.values()))
        case list() | tuple():
            for member in value:
                yield from _references(member)


def revealed(value: Any, reveal: Reveal = reveal) -> Any:
    """A body with its secrets in place of their references; they print as `**********` still."""
    if isinstance(value, SecretRef):
        return reveal(value.reference)
    if isinstance(value, InBase64):
        return _in_base64(value, reveal)
    if isinstance(value, Document):
        return _written(value, reveal)
    if isinstance(value, Mapping):
        return {name: revealed(member, reveal) for name, member in value.items()}
    return [revealed(member, reveal) for member in value] if isinstance(value, list | tuple) else value


def _in_base64(value: InBase64, reveal: Reveal) -> SecretStr:
    plain = reveal(value.secret.reference).get_secret_value()
    return SecretStr(base64.b64encode(plain.encode()).decode())


def _written(document: Document, reveal: Reveal) -> Any:
    """Its text: JSON is YAML. With secrets in it, it is one itself, and so is each of them."""
    content, secrets = encode(revealed(document.content, reveal))
    return Whole(content.decode(), secrets) if secrets else content.decode()


def _parts(body: Multipart, reveal: Reveal) -> tuple[bytes, tuple[SecretStr, ...], str]:
    """multipart/form-data; a password's plain text is as secret as what is sent."""
    mark = random.token_hex(16)
    shown: list[SecretStr] = []
    texts: list[str] = []
    for name, part in body.parts.items():
        content, secrets = _part(part, reveal)
        file = f'; filename="{part.name}"' if isinstance(part, File) else ""
        texts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{content}\r\n')
        shown += secrets
    return f"{''.join(texts)}--{mark}--\r\n".encode(), tuple(shown), f"multipart/form-data; boundary={mark}"


def _part(part: Part, reveal: Reveal) -> tuple[str, tuple[SecretStr, ...]]:
    """Its text. JSON is YAML, and has no scalar that is read as another (YAML 1.1 as the server reads it)."""
    if isinstance(part, str):
        return part, ()
    if isinstance(part, InBase64):
        coded = _in_base64(part, reveal)
        return coded.get_secret_value(), (coded, reveal(part.secret.reference))
    if isinstance(part.content, str):
        return part.content, ()
    content, secrets = encode(revealed(part.content, reveal))
    return content.decode(), secrets


def _form(upload: Upload, reveal: Reveal) -> tuple[bytes, tuple[SecretStr, ...], str]:
    """multipart/form-data (RFC 7578), the file under the name that sysinv looks for."""
    secrets, mark = tuple(reveal(file.reference) for file in upload.files), random.token_hex(16)
    content = joined(secret.get_secret_value() for secret in secrets)
    if upload.digest and digest(content) != upload.digest:
        places = ", ".join(file.reference for file in upload.files)
        raise ConfigError(f"{places}: it is another secret than the plan was made with; plan again")
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in upload.fields.items()]
    kind = "Content-Type: application/octet-stream"
    parts.append(f'name="file"; filename="upload"\r\n{kind}\r\n\r\n{content}')
    text = "".join(f"--{mark}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    return f"{text}--{mark}--\r\n".encode(), secrets, f"multipart/form-data; boundary={mark}"
