"""One comment of ours under a pull request, and statuses that are said once.

The comment is known by a hidden mark in it and by who wrote it: others can write the mark too. It is looked for before
anything is written, so that a write without an answer is not made a second one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from reconciler.clients.forges.client import ForgeClient
from reconciler.clients.forges.errors import TooLongError
from reconciler.model.pull import Comment, CommitStatus

Words = Callable[[int], str]  # the text, in at most so many characters
LONGEST_STATUS = 140  # characters: GitHub's (docs.github.com rest/commits/statuses); GitLab takes 255
SHORTER = (30_000, 8_000)  # characters that are tried next: what stands before a forge may take less than it does


def marker(root: str) -> str:
    """The hidden mark of the comment about one root of a repository, which may have several."""
    return f"<!-- stx-reconciler review {root or '/'} -->"


async def say(forge: ForgeClient, number: int, mark: str, words: Words) -> Comment:
    """Have our comment say this; made where there is none. Left alone where it says so already. Raises ForgeError."""
    ours = await own(forge, number, mark)
    for longest in (forge.longest_comment, *SHORTER[:-1]):
        with suppress(TooLongError):
            return await _said(forge, number, ours, _text(mark, words, longest))
    return await _said(forge, number, ours, _text(mark, words, SHORTER[-1]))


async def own(forge: ForgeClient, number: int, mark: str) -> Comment | None:
    """Our comment, the oldest where there are more; None where there is none."""
    account = (await forge.account()).casefold()
    return next((c for c in await forge.comments(number) if _is_ours(c, account, mark)), None)


async def show(forge: ForgeClient, commit: str, statuses: Iterable[CommitStatus]) -> None:
    """Have a commit show these statuses. What stands already is not said again: GitHub keeps a thousand of a name."""
    standing = await forge.statuses(commit)
    for status in (replace(status, text=status.text[:LONGEST_STATUS]) for status in statuses):
        known = standing.get(status.name)
        if known is None or (known.state, known.text, known.url) != (status.state, status.text, status.url):
            await forge.set_status(commit, status)


async def _said(forge: ForgeClient, number: int, ours: Comment | None, text: str) -> Comment:
    if ours is None:
        return await forge.comment(number, text)
    if ours.body.rstrip() == text.rstrip():
        return ours
    return await forge.edit(number, ours.number, text)


def _text(mark: str, words: Words, longest: int) -> str:
    room = longest - len(mark) - 1
    return f"{mark}\n{words(room)[:room]}"


def _is_ours(comment: Comment, account: str, mark: str) -> bool:
    return comment.author.casefold() == account and comment.body.lstrip().startswith(mark)
