"""How a forge does not do what it is asked, each by what has to happen next. No text here holds a token."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.errors import Failure, ReconcilerError

NOBODY = 404  # GitHub also says it of what the token may not see (docs: troubleshooting the REST API)


@dataclass(eq=False)
class ForgeError(ReconcilerError):
    """A forge did not do what it was asked. forge: its name and address, as people know it."""

    forge: str
    request: str  # method and path
    said: str

    def __str__(self) -> str:
        return f"{self.forge}: {self.request}: {self.said}"


class TokenRefusedError(ForgeError):
    """The token opens nothing (any more): nothing is asked until it is another one."""

    def __str__(self) -> str:
        return (
            f"{self.forge}: the token is not accepted ({self.said}): it was revoked or has run out. Put a new one where "
            "the forge file says; it is read before each request"
        )


@dataclass(eq=False)
class ForgeRefusedError(ForgeError):
    """The forge understood, and said no: asked again, it says no again."""

    status: int = 0

    @property
    def is_absent(self) -> bool:
        return self.status == NOBODY

    def __str__(self) -> str:
        advice = {
            403: "; check what the token may do (docs/forges.md)",
            404: "; check `project` in the forge file, and that the token may see it (docs/forges.md)",
        }.get(self.status, "")
        return f"{self.forge}: refused {self.request} ({self.status}): {self.said}{advice}"


class TooLongError(ForgeRefusedError):
    """A text is longer than the forge takes."""


@dataclass(eq=False)
class ForgeBusyError(ForgeError):
    """A limit is used up. until: when it may be asked again, in Unix seconds; before that nothing is sent."""

    until: float = 0.0


@dataclass(eq=False)
class ForgeDarkError(ForgeError):
    """No usable answer; a write may have taken effect, and is looked for before it is repeated."""

    failure: Failure = Failure.BROKEN
