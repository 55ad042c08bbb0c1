"""Texts without the secrets that stand in them: services echo what they were sent, in their own way of writing it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

MASK = "***"
SHORTEST_LINE = 12  # characters of a line of a file that alone gives something away
SHORTEST_CODED = 6  # bytes; what is shorter looks in base64 like any other word


def masked(text: str, secrets: Iterable[SecretStr]) -> str:
    """The text without these values, or a line of one: as they are, quoted or escaped, in base64 or hexadecimal.

    Mask before a text is shortened: half a secret is not recognised.
    """
    forms = {form for secret in secrets for piece in _pieces(secret.get_secret_value()) for form in _forms(piece)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def _pieces(value: str) -> Iterator[str]:
    """The whole, then those of its lines that are no common words."""
    yield from filter(None, (value,))
    yield from (line for line in value.splitlines() if len(line) >= SHORTEST_LINE and line != value)


def _forms(value: str) -> Iterator[str]:
    """How programs write a text into another; none of them is empty."""
    yield value
    yield from filter(None, (" ".join(value.split()), html.escape(value), html.escape(value, quote=False)))
    for said in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield said
        yield json.dumps(said)[1:-1]
        yield said.replace("/", "\\/")  # as PHP and JavaScript's templates do
    for said in (repr(value)[1:-1], repr(value.encode())[2:-1]):
        yield said
        yield json.dumps(said)[1:-1]
    for said in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield said
        yield re.sub("%..", lambda found: found[0].lower(), said)
    if len(value.encode()) >= SHORTEST_CODED:
        yield from _coded(value.encode())


def _coded(value: bytes) -> Iterator[str]:
    """In hexadecimal, and in base64 wherever in a longer text it stands, as behind a user's name."""
    yield value.hex()
    yield value.hex().upper()
    yield base64.b64encode(value).decode()
    yield base64.urlsafe_b64encode(value).decode()
    for before in range(3):
        first = -(-before * 8 // 6)  # characters that what stands before it has a part in
        whole = (before + len(value)) * 8 // 6
        for coder in (base64.b64encode, base64.urlsafe_b64encode):
            yield coder(bytes(before) + value).decode()[first:whole]
