"""What is asked of a forge, whichever it is. Every call raises ForgeError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from reconciler.model.pull import Assent, Comment, CommitStatus, Proposal, Pull


class ForgeClient(Protocol):
    """One repository on a forge, and who we are there."""

    @property
    def longest_comment(self) -> int:
        """Characters that a comment may have."""
        ...

    def head_ref(self, number: int) -> str:
        """Where git finds the newest commit of a pull request, whatever repository it comes from."""
        ...

    async def account(self) -> str:
        """Our own account's name."""
        ...

    async def pull(self, number: int) -> Pull: ...

    async def open_pulls(self) -> tuple[Pull, ...]:
        """Every one that is open."""
        ...

    async def comments(self, number: int) -> tuple[Comment, ...]:
        """All that people, and programs, said under it; the oldest first."""
        ...

    async def comment(self, number: int, text: str) -> Comment:
        """Say something. Raises TooLongError."""
        ...

    async def edit(self, number: int, comment: int, text: str) -> Comment:
        """Say something else in place of it. Raises TooLongError."""
        ...

    async def assents(self, number: int) -> tuple[Assent, ...]:
        """Who approves it now."""
        ...

    async def statuses(self, commit: str) -> Mapping[str, CommitStatus]:
        """The last status of each name."""
        ...

    async def set_status(self, commit: str, status: CommitStatus) -> None: ...

    async def propose(self, wanted: Proposal) -> Pull:
        """Open a pull request; the one that is open already for this branch."""
        ...
