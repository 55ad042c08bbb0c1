"""A deployed site deployed anew, once for each word of Git: whether dcmanager took the call is written down around it.

A second call would wipe a site that has just been made, and dcmanager's row shows `complete` before and after. So the call
is noted before it leaves, and never sent again where it may have been taken: a status that moved since says that it was;
one that rests says that it was not, but only for as long as no machine can have been installed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.model.central import Subcloud
from reconciler.model.deployment import DeployStatus, is_here, is_moving
from reconciler.model.errors import Conflict, ReconcilerError, Refused, Unreachable
from reconciler.model.redeployment import TOKENS, UNCLEAR, UNDER_WAY, Asked, Redeployed
from reconciler.model.rows import Row

PATH = "/redeploy"
ONLINE = "online"


class Redeployments(Protocol):
    """What is remembered of them; `store.redeployments` is it."""

    def of(self, site: str) -> Redeployed: ...

    def sees(self, site: str, token: str) -> None: ...

    def begins(self, site: str, asked: Asked) -> None: ...

    def sent(self, site: str, at: float, status: str) -> None: ...

    def refused(self, site: str) -> None: ...

    def taken(self, site: str) -> None: ...

    def ended(self, site: str) -> None: ...


class Centre(Protocol):
    """Of the central cloud, what is needed."""

    async def subcloud(self, site: str) -> Subcloud | None: ...

    async def send(self, method: str, path: str, body: Any) -> None: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. late_s: in which a call that was answered to nobody is done, if it ever is; looked for every look_s.

    install_s: in which no machine is installed and bootstrapped.
    """

    late_s: float = 120.0
    look_s: float = 5.0
    install_s: float = 600.0


class Redeploying:
    """The redeployments of one site."""

    def __init__(
        self, site: str, centre: Centre, clock: Clock, known: Redeployments, patience: Patience | None = None
    ) -> None:
        self._site, self._centre, self._clock, self._known = site, centre, clock, known
        self._patience = patience or Patience()

    def waits(self, token: str | None, found: Subcloud) -> bool:
        """Whether a deployed site is to be deployed anew, and nobody asks it anything until it is.

        Notes the word that Git has when a site is first seen deployed: it has had no effect, and will have none.
        """
        known = self._known.of(self._site)
        if known.tokens is None:
            self._known.sees(self._site, token or "")
            return False
        return known.counts(token) and found.availability != ONLINE

    def told(self, found: Subcloud) -> Row:
        """What is known, as members of the site's row."""
        known = self._known.of(self._site)
        asked, tokens = known.asked, known.tokens
        if tokens is None:
            return {}
        is_begun = asked is not None and (asked.is_taken or _has_moved(asked, found))
        under_way = asked.token if asked and is_begun and found.status is not DeployStatus.COMPLETE else ""
        is_unclear = asked is not None and asked.sent_at is not None and not asked.is_taken and self._is_late(asked)
        return {
            TOKENS: [token for token in tokens if token != under_way],
            UNDER_WAY: under_way,
            UNCLEAR: asked.token if asked and is_unclear else "",
        }

    def seen(self, found: Subcloud) -> None:
        """Its row as it is this moment: one that moved since the call says that it was taken."""
        asked = self._known.of(self._site).asked
        if asked and not asked.is_taken and _has_moved(asked, found):
            self._known.taken(self._site)

    async def send(self, method: str, path: str, body: Any) -> None:
        """The call, if dcmanager has certainly not taken it yet. Raises what the client raises, and Conflict."""
        asked = self._asked()
        if asked.is_taken or (asked.sent_at is not None and await self._was_taken(asked)):
            return
        found = await self._row()
        if not is_here(found.status) or is_moving(found.status):
            raise Conflict(f"{self._site}: its deploy status is {found.deploy_status} by now; planned afresh")
        self._known.sent(self._site, self._clock.now(), found.deploy_status)
        try:
            await self._centre.send(method, path, body)
        except ReconcilerError as error:
            if not _may_be_taken(error):
                self._known.refused(self._site)
            elif await self._was_taken(self._asked()):
                return
            raise  # a call that was lost may still be done: it stays noted
        self._known.taken(self._site)

    async def _was_taken(self, asked: Asked) -> bool:
        """Whether a call had its effect that nobody was answered. Raises Conflict where that can not be known any more."""
        while True:
            found, ago_s = await self._row(), self._clock.now() - (asked.sent_at or 0.0)
            if _has_moved(asked, found):
                self._known.taken(self._site)
                return True
            if self._is_late(asked):
                raise Conflict(f"{self._site}: nobody knows whether dcmanager has deployed it anew; planned afresh")
            if ago_s >= self._patience.late_s:
                return False
            await self._clock.sleep(self._patience.look_s)

    def _asked(self) -> Asked:
        asked = self._known.of(self._site).asked
        if asked is None:
            raise Conflict(f"{self._site}: nobody noted by which word it is deployed anew; planned afresh")
        return asked

    def _is_late(self, asked: Asked) -> bool:
        """A machine may have been installed since, and all be over."""
        return self._clock.now() - (asked.sent_at or 0.0) >= self._patience.install_s

    async def _row(self) -> Subcloud:
        found = await self._centre.subcloud(self._site)
        if found is None:
            raise Conflict(f"{self._site}: dcmanager has no subcloud of this name any more; planned afresh")
        return found


def _has_moved(asked: Asked, found: Subcloud) -> bool:
    """Whether its status is another than when the call left."""
    return asked.sent_at is not None and found.deploy_status != asked.status


def _may_be_taken(error: ReconcilerError) -> bool:
    """Whether a call that was not answered well may have had its effect."""
    if isinstance(error, Refused):
        return error.is_unsure
    return isinstance(error, Unreachable) and error.sent
