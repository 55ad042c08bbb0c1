"""E-mail, over a server that takes it by SMTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reconciler.engine.notifiers.notifier import Notifier, Reference, facts, headline
from reconciler.model.letter import Mail as Letter
from reconciler.model.notice import Notice

Address = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]


class Mail(Notifier):
    type: Literal["mail"]
    host: str = Field(min_length=1, description="Server that takes mail.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How the line is closed.")
    sender: Address = Field(description="Who it is from.")
    recipients: tuple[Address, ...] = Field(min_length=1, description="Who gets it.")
    username: str = Field(default="", description="Who we are to the server; nobody asks without.")
    password: Reference | None = Field(default=None, description="Password, by reference.")

    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Letter:  # noqa: ARG002
        return Letter(
            self.host,
            self.port,
            self.sender,
            self.recipients,
            " ".join(headline(notices).split()),  # no line of it becomes a header
            "\n\n".join(map(_told, notices)) + "\n",
            self.security,
            self.username,
            self.password.read(folder) if self.password else "",
        )


def _told(notice: Notice) -> str:
    return "\n".join(_lines(notice))


def _lines(notice: Notice) -> Iterator[str]:
    yield notice.title
    yield ""
    yield notice.text
    yield ""
    for name, said in facts(notice).items():
        yield f"{name + ':':<16} {said}"
