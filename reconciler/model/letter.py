"""A message on its way out: over HTTP, or as mail. Its secrets print as stars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Post:
    """A POST. The address itself may be the secret: forges of chat rooms give out such."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in text, and the server that takes it. security: `starttls`, `tls` or `none`."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)


Letter = Post | Mail
