"""DER (X.690) as far as certificates need it: an encoding taken apart into its elements. Pure; nothing is verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

BOOLEAN, INTEGER, OCTETS, OBJECT, UTC_TIME, LATER_TIME = 0x01, 0x02, 0x04, 0x06, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
_LONG, _LENGTH = 0x80, 0x7F


class Element(NamedTuple):
    """One element. `whole` is its encoding with tag and length, `content` without."""

    tag: int
    content: bytes
    whole: bytes

    @property
    def members(self) -> tuple[Element, ...]:
        """The elements that this one is made of. Raises ValueError where it is not made of any."""
        return tuple(elements(self.content))

    @property
    def number(self) -> int:
        return int.from_bytes(self.content, "big", signed=True)

    @property
    def time(self) -> datetime:
        """Seconds and Z are always there, and two digits of a year are of 1950 to 2049 (RFC 5280 4.1.2.5)."""
        text = self.content.decode("ascii")
        if self.tag == UTC_TIME:
            text = ("19" if text[:2] >= "50" else "20") + text
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def elements(encoding: bytes) -> Iterator[Element]:
    """The elements that stand one after the other. Raises ValueError where the encoding ends in one."""
    start = 0
    while start < len(encoding):
        body, length = _length(encoding, start + 1)
        if body + length > len(encoding):
            raise ValueError("the encoding ends inside an element")
        content = encoding[body : body + length]
        yield Element(encoding[start], content, encoding[start : body + length])
        start = body + length


def _length(encoding: bytes, at: int) -> tuple[int, int]:
    """Where the content begins, and how long it is."""
    if at >= len(encoding):
        raise ValueError("the encoding ends before a length")
    first = encoding[at]
    if not first & _LONG:
        return at + 1, first
    more = first & _LENGTH
    if not more or at + 1 + more > len(encoding):
        raise ValueError("a length that DER does not have")
    return at + 1 + more, int.from_bytes(encoding[at + 1 : at + 1 + more], "big")
