"""Where a value was written: file, line, column. Every desired value knows it, every error shows it."""

from __future__ import annotations

from typing import NamedTuple


class Origin(NamedTuple):
    """A place in a file of the site-config repository; line and column count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @classmethod
    def of(cls, text: str) -> Origin | None:
        """The place that `file:line` names; None for what names none."""
        file, _, line = text.rpartition(":")
        return cls(file, int(line)) if file and line.isdecimal() else None

    @property
    def exact(self) -> str:
        """`file:line:column`, for editors and forges."""
        return f"{self.file}:{self.line}:{self.column}"
