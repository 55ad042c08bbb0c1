"""A person's word that the deployment of a site is to end where it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abort:
    """status: that of the phase of which dcmanager has heard that it is to end; "" before it has."""

    site: str
    by: str
    reason: str
    status: str = ""

    @property
    def in_words(self) -> str:
        return f"aborted by {self.by}: {self.reason}"
