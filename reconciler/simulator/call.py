"""A request that found its handler: path arguments by name, query, body, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """``body`` is the parsed JSON, or the Form of an upload (None without a body). ``base`` is the URL that links start with."""

    method: str
    path: str
    arguments: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    base: str
    agent: str | None = None

    def __getitem__(self, name: str) -> str:
        """A path argument."""
        return self.arguments[name]
