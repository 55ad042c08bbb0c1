"""Texts without the secrets that stand in them: services echo what they were sent, or a line of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import SecretStr

MASK = "***"
SHORTEST_LINE = 12  # characters of a line of a file that alone gives something away


def masked(text: str, secrets: Iterable[SecretStr]) -> str:
    """The text without these values: services echo what they were sent, or a line of it."""
    for secret in secrets:
        for piece in _pieces(secret.get_secret_value()):
            text = text.replace(piece, MASK)
    return text


def _pieces(value: str) -> Iterator[str]:
    """The whole, then those of its lines that are no common words."""
    yield from filter(None, (value,))
    yield from (line for line in value.splitlines() if len(line) >= SHORTEST_LINE and line != value)
