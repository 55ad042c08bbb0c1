"""Text that a resource carries along to be sent, and that nobody is shown: a digest stands for it wherever it is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer

from reconciler.model.secret import digest

SHOWN = len("sha256:") + 16


def in_short(text: str) -> str:
    """What tells the text from another one."""
    return digest(text)[:SHOWN]


ValueText = Annotated[str, PlainSerializer(in_short, return_type=str)]
"""Raw where it is read as an attribute, its digest where the resource is dumped: in plans, their ids and differences."""
