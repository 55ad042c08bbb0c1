"""Certificates of a PEM text: what tells one from another, and until when it is valid. Nothing is verified.

RFC 5280 4.1 says how a certificate is made, RFC 7468 how it stands in a text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model import der

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n(.*?)-----END CERTIFICATE-----", re.DOTALL)
_PRIVATE_KEY = re.compile(r"-----BEGIN (\w{2,9} )?PRIVATE KEY-----")
_BASIC_CONSTRAINTS = bytes.fromhex("551d13")  # 2.5.29.19
_VERSION, _EXTENSIONS = 0xA0, 0xA3  # tags of the members that may be absent


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. Names are their encodings: equal names, equal bytes."""

    serial: int
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    is_authority: bool


def certificates(pem: str) -> tuple[Certificate, ...]:
    """The certificates of a text, in their order; keys and words between them are passed over.

    Raises ValueError for one that cannot be read, which says its number and nothing of its content.
    """
    return tuple(_numbered(pem))


def has_private_key(pem: str) -> bool:
    return _PRIVATE_KEY.search(pem) is not None


def _numbered(pem: str) -> Iterator[Certificate]:
    for number, found in enumerate(_CERTIFICATE.finditer(pem), 1):
        try:
            yield _certificate(base64.b64decode("".join(found[1].split()), validate=True))
        except (ValueError, IndexError, UnicodeDecodeError):
            raise ValueError(f"certificate {number} of it cannot be read") from None


def _certificate(encoding: bytes) -> Certificate:
    (whole,) = der.elements(encoding)
    said = [m for m in whole.members[0].members if m.tag != _VERSION]
    serial, _, issuer, validity, subject = said[:5]
    begins, ends = validity.members
    return Certificate(
        serial.number, issuer.whole, subject.whole, begins.time, ends.time, any(map(_is_authority, _extensions(said)))
    )


def _extensions(said: list[der.Element]) -> Iterator[der.Element]:
    for member in said:
        if member.tag == _EXTENSIONS:
            yield from member.members[0].members


def _is_authority(extension: der.Element) -> bool:
    """Basic constraints say cA, which is false where it is absent."""
    name, *_, value = extension.members
    if name.content != _BASIC_CONSTRAINTS:
        return False
    (constraints,) = der.elements(value.content)
    return any(m.tag == der.BOOLEAN and m.content != b"\0" for m in constraints.members)
