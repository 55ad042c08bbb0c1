"""Pull requests on GitHub, GitLab, Gitea and Forgejo: read, commented on, given statuses, opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from reconciler.clients.clock import Clock
from reconciler.clients.forges.client import ForgeClient
from reconciler.clients.forges.errors import (
    ForgeBusyError,
    ForgeDarkError,
    ForgeError,
    ForgeRefusedError,
    TokenRefusedError,
    TooLongError,
)
from reconciler.clients.forges.gitea import Gitea
from reconciler.clients.forges.github import HEADERS, Github
from reconciler.clients.forges.gitlab import Gitlab
from reconciler.clients.forges.line import Line, Waits
from reconciler.clients.forges.saying import Words, marker, own, say, show
from reconciler.clients.forges.settings import ForgeFile, load_forge
from reconciler.model.forge import Forge

__all__ = [
    "ForgeBusyError",
    "ForgeClient",
    "ForgeDarkError",
    "ForgeError",
    "ForgeFile",
    "ForgeRefusedError",
    "TokenRefusedError",
    "TooLongError",
    "Waits",
    "Words",
    "load_forge",
    "marker",
    "open_forge",
    "own",
    "say",
    "show",
]


@asynccontextmanager
async def open_forge(settings: ForgeFile, clock: Clock, waits: Waits | None = None) -> AsyncIterator[ForgeClient]:
    """The forge over a session of its own, which ends with the context. Nothing is asked yet."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield _client(settings, session, clock, waits)


def _client(settings: ForgeFile, session: aiohttp.ClientSession, clock: Clock, waits: Waits | None) -> ForgeClient:
    if settings.type is Forge.GITLAB:
        return Gitlab(Line(settings, session, clock, waits))
    if settings.type is Forge.GITEA:
        return Gitea(Line(settings, session, clock, waits))
    return Github(Line(settings, session, clock, waits, HEADERS))
