"""What a central cloud sees of its subclouds by their lines: whether they answer, and how many alarms stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Beyond(Protocol):
    def answers(self, name: str) -> bool | None:
        """Whether the site answers now; None where there is no such site."""
        ...

    def alarms(self, name: str) -> Mapping[str, int] | None:
        """How many alarms stand there, by severity; None where there is no such site."""
        ...


class _Nothing:
    def answers(self, name: str) -> bool | None:  # noqa: ARG002
        return None

    def alarms(self, name: str) -> Mapping[str, int] | None:  # noqa: ARG002
        return None


NOTHING: Beyond = _Nothing()
"""No audit: rows stay as they were put."""
