"""A deployment that a person has said is to end: asked of dcmanager where it aborts, and begun no further anywhere.

dcmanager aborts three states (distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py _deploy_abort), and the
playbook may end before it is killed: so whoever waits looks on, asks once for each phase, and stops where the row rests.
"""

from __future__ import annotations

from typing import Any, Protocol

from reconciler.model.aborting import Abort
from reconciler.model.central import Subcloud
from reconciler.model.deployment import STARTS, Step, is_moving
from reconciler.model.errors import Held, Refused

PATH = "/v1.0/phased-subcloud-deploy/{site}/abort"


class Aborts(Protocol):
    """What people said; `store.aborts` is it."""

    def of(self, site: str) -> Abort | None: ...

    def asked(self, site: str, status: str) -> None: ...

    def forget(self, site: str) -> None: ...


class Centre(Protocol):
    """Of the central cloud, what is needed."""

    async def send(self, method: str, path: str, body: Any) -> None: ...


class Aborting:
    """The deployment of one site."""

    def __init__(self, site: str, centre: Centre, aborts: Aborts) -> None:
        self._site, self._centre, self._aborts = site, centre, aborts

    async def heed(self, found: Subcloud) -> None:
        """Its row as it is this moment. Raises Held where it rests and somebody said that it is to end."""
        if (word := self._aborts.of(self._site)) is None:
            return
        if found.status in STARTS[Step.ABORT] and word.status != found.deploy_status:
            await self._asked()
            self._aborts.asked(self._site, found.deploy_status)
        elif not is_moving(found.status):
            raise self._held(word, f"deploy-status is {found.deploy_status}: ")

    def refuse(self) -> None:
        """Raises Held where a phase is about to be asked for, and somebody said that it is to end."""
        if word := self._aborts.of(self._site):
            raise self._held(word, "")

    async def _asked(self) -> None:
        """What is refused has ended meanwhile, which the next look shows. What is lost is asked for again by that look.

        One that was heard shows another state, and once more it would be refused.
        """
        try:
            await self._centre.send("PATCH", PATH.format(site=self._site), None)
        except Refused as refused:
            if refused.status != 400:
                raise

    def _held(self, word: Abort, state: str) -> Held:
        return Held(f"{self._site}: {state}{word.in_words}")
