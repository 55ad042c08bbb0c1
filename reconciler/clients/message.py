"""A request and its answer, as values. What may hold a secret does not print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one service of a site.

    path: as errors show it. host: the name of the host that errors shall carry.
    repeatable: may be sent again without harm, because it changes nothing.
    secrets: what the service may echo, to be masked.
    """

    service: str
    method: str
    url: str
    path: str
    timeout_s: float
    repeatable: bool
    host: str = ""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[SecretStr, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said, of whatever status."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
