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

    @property
    def exact(self) -> str:
        """`file:line:column`, for editors and forges."""
        return f"{self.file}:{self.line}:{self.column}"
