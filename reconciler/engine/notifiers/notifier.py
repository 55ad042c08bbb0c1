"""What every notifier has: whom it tells of what, how often, and how it writes it down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.clients.secrets import SecretReference, forget, resolve, waits
from reconciler.model.letter import Letter
from reconciler.model.notice import Notice, Topic
from reconciler.model.words import Severity

MOST = 10  # notices that one message spells out; it counts the others


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Secret(_Said):
    """A value by reference, its path relative to the file that says it; read for each message."""

    secret_ref: SecretReference

    def read(self, folder: Path) -> str:
        """Raises ConfigError."""
        return resolve(self.secret_ref, folder).get_secret_value()


def _by_reference(said: object) -> object:
    if not isinstance(said, dict | Secret | None):
        raise ValueError("must be a reference, as {secretRef: env:NAME} or {secretRef: file:PATH}, never the secret")  # noqa: TRY004
    return said


Reference = Annotated[Secret, BeforeValidator(_by_reference)]


class Notifier(_Said, ABC):
    """Settings of one. `letter` is pure but for secrets, which are read when they are needed."""

    repeats_s: ClassVar[float | None] = None  # who forgets what it is not told again

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Name in metrics and logs.")
    topics: frozenset[Topic] = Field(default=frozenset(Topic), min_length=1, description="What it is told of.")
    groups: frozenset[str] = Field(default=frozenset(), description="Of which groups of sites; all without.")
    least: Severity = Field(default=Severity.SERVICE, description="Of what severity at least.")
    every: float = Field(
        default=30.0, ge=1, description="Seconds between two messages, which hold what came meanwhile."
    )

    def wants(self, notice: Notice) -> bool:
        """Whether it is to be told of it."""
        ranks = list(Severity)
        is_near = not self.groups or not notice.group or notice.group in self.groups
        return is_near and notice.topic in self.topics and ranks.index(notice.severity) >= ranks.index(self.least)

    @property
    def waits(self) -> bool:
        """Whether a secret of it takes a while to be read, so that `letter` is no work for an event loop."""
        return any(waits(each.secret_ref) for each in self._secrets)

    def forget(self, folder: Path) -> None:
        """It was refused: whoever keeps its secrets may have others by now."""
        for each in self._secrets:
            forget(each.secret_ref, folder)

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        said = (getattr(self, name) for name in type(self).model_fields)
        return tuple(each for each in said if isinstance(each, Secret))

    @abstractmethod
    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Letter:
        """One message that says them all. Raises ConfigError for a secret that cannot be read."""


def headline(notices: Sequence[Notice]) -> str:
    """The message in one line."""
    if len(notices) == 1:
        return notices[0].title
    over = sum(n.is_over for n in notices)
    told = ", ".join(
        filter(None, (f"{len(notices) - over} new" if len(notices) > over else "", f"{over} over" if over else ""))
    )
    return f"stx-reconciler: {told}"


def facts(notice: Notice) -> dict[str, str]:
    """What stands below the text, by name; only what there is."""
    found = {
        "Sites": notice.where,
        "Group": notice.group,
        "Severity": notice.severity.value,
        "Since": stamp(notice.since),
        "Git says it in": notice.origin,
        "Next": notice.command,
    }
    return {name: said for name, said in found.items() if said}


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def stamp(at: float) -> str:
    """Unix seconds as RFC 3339."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
