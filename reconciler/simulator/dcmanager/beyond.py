"""What a central cloud sees of its subclouds by their lines: whether they answer, their OAM address, their alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.tables import Row


class Beyond(Protocol):
    def answers(self, row: Row) -> bool | None:
        """Whether the site of a subcloud's row answers now; None where there is no such site."""
        ...

    def alarms(self, row: Row) -> Mapping[str, int] | None:
        """How many alarms stand there, by severity; None where there is no such site."""
        ...

    def ask(self, row: Row, service: str, request: Request) -> Response | None:
        """The answer of a service of its site, a 503 where that is away; None where there is no such site."""
        ...

    def oam(self, row: Row) -> str:
        """Its floating OAM address; "" where there is no such site, or it has none."""
        ...


class _Nothing:
    def answers(self, row: Row) -> bool | None:  # noqa: ARG002
        return None

    def alarms(self, row: Row) -> Mapping[str, int] | None:  # noqa: ARG002
        return None

    def ask(self, row: Row, service: str, request: Request) -> Response | None:  # noqa: ARG002
        return None

    def oam(self, row: Row) -> str:  # noqa: ARG002
        return ""


NOTHING: Beyond = _Nothing()
"""No audit: rows stay as they were put."""
