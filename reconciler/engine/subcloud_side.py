"""What the central cloud has of one site, as a service of that site: one row to read, and its deployment to send for.

The row comes out of the one reading of the whole fleet. Only who has just written, or waits for what he wrote, asks for
the site alone: a fleet of thousands that is looked at costs its central cloud one call (distributed-cloud facts: the list
takes 1.2 s for 5,000, a row alone 9 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from math import inf
from typing import Any, Protocol

from reconciler.desired import BOARD, Range, of_row
from reconciler.engine.aborting import Aborting
from reconciler.engine.redeploying import PATH, Redeploying
from reconciler.model.central import NO_PEER_GROUP, SCRATCH_GROUP, Addresses, Attention, Subcloud
from reconciler.model.deployment import is_deployed, is_elsewhere, is_failed
from reconciler.model.errors import ConfigError, ReconcilerError
from reconciler.model.installed_from import board_of
from reconciler.model.plan import Method
from reconciler.model.rows import Row
from reconciler.model.subcloud_policy import SubcloudPolicy

SUBCLOUDS = "/v1.0/subclouds"


class Centre(Protocol):
    """The central cloud; `engine.central` is it."""

    async def of(self, site: str) -> Attention | None: ...

    def known(self, site: str, within_s: float) -> Attention | None: ...

    def installed_from(self, board: str) -> frozenset[str]: ...

    def reached_at(self) -> Iterator[tuple[str, Addresses]]: ...

    async def subcloud(self, site: str) -> Subcloud | None: ...

    async def group(self, number: int) -> str: ...

    async def has_group(self, name: str) -> bool: ...

    async def peer_groups(self, number: int | None) -> tuple[Row, ...]: ...

    async def send(self, method: str, path: str, body: Any) -> None: ...


class Now(Protocol):
    def now(self) -> float: ...


def takes_nothing() -> tuple[Range, ...]:
    """Git says no addresses of it."""
    return ()


def in_no_batch(site: str) -> int | None:  # noqa: ARG001
    """It stands in its own group."""
    return None


NOT_DEPLOYED = "the site is not deployed yet"
NAMED_OTHERWISE = "in dcmanager the site is {name} still"
TO_GO = "dcmanager is to delete the site, and nobody asks it anything"
GONE = "dcmanager has no subcloud of this name any more: its folder can go"
HOW_FAR = ": its deploy status is {status}{more}"
ANOTHERS = "the site is another central cloud's: here its deploy status is {status}"
DEPLOYED_ANEW = "the site is to be deployed anew"
FRESH_S = 30.0
LAST_S = 3600.0  # a central cloud that does not answer makes no site unknown before


class SubcloudSide:
    """One site's row, read and written; `engine.remote.Platform`. Methods raise ReconcilerError.

    policy: what Git says of the site's place in the central cloud: without, that is nobody's business.
    before: the number of the group that it is in while it stands in ours for a strategy.
    redeploying: how it is deployed anew. aborting: whether somebody said that its deployment is to end.
    takes: the addresses that are to be this subcloud's alone.
    """

    def __init__(
        self,
        site: str,
        centre: Centre,
        clock: Now,
        policy: Callable[[], SubcloudPolicy | None],
        *,
        redeploying: Redeploying,
        aborting: Aborting,
        before: Callable[[str], int | None] = in_no_batch,
        takes: Callable[[], tuple[Range, ...]] = takes_nothing,
    ) -> None:
        self._site, self._centre, self._clock, self._policy = site, centre, clock, policy
        self._redeploying, self._aborting, self._before, self._takes = redeploying, aborting, before, takes
        self._acted = -inf
        self.absence = ""  # why the site is not asked itself, as of the last look

    def is_wanted(self) -> bool:
        """Whether Git says anything of it."""
        return self._policy() is not None

    def is_anothers(self) -> bool:
        """Whether the last reading of all has it as another centre's, which writes to it; nobody is asked for that."""
        known = self._centre.known(self._site, LAST_S)
        row = known.subcloud if known else None
        self.absence = ANOTHERS.format(status=row.deploy_status) if row and is_elsewhere(row.status) else ""
        return bool(self.absence)

    def acts(self) -> None:
        """Something is done with the site: its row is asked for alone for a while, for it moves."""
        self._acted = self._clock.now()

    async def is_there(self) -> bool:
        """Whether the site is deployed, so that it can be asked itself; one to be deleted, or renamed first, is not."""
        self.absence = await self._absence()
        return not self.absence

    async def _absence(self) -> str:
        policy = self._policy()
        if policy and not policy.adds:
            return await self._going()
        found = await self._found()
        if found is None:
            return NOT_DEPLOYED
        if found.name != self._site:
            return NAMED_OTHERWISE.format(name=found.name)
        if not is_deployed(found.status):
            return NOT_DEPLOYED + HOW_FAR.format(status=found.deploy_status, more=_why(found))
        if is_elsewhere(found.status):
            return ANOTHERS.format(status=found.deploy_status)
        return DEPLOYED_ANEW if policy and self._redeploying.waits(policy.redeploy, found) else ""

    async def _going(self) -> str:
        """Of one that is to be deleted: it is asked nothing, also where nobody knows yet whether it is."""
        with suppress(ReconcilerError):
            return TO_GO if await self._found() else GONE
        return TO_GO

    async def list(self, path: str, items: str) -> tuple[Row, ...]:  # noqa: ARG002 - by its path
        """Its row; of what the central cloud has beside subclouds nothing is the site's."""
        if path != SUBCLOUDS:
            return ()
        found, policy = await self._found(), self._policy()
        if found is None:
            return ()
        named = await self._named(found, policy) if policy else {}
        return ({**found.row, **named, **self._redeploying.told(found)},)

    async def _named(self, found: Subcloud, policy: SubcloudPolicy) -> Row:
        """The names of what a row has by numbers, as far as Git says such."""
        named: dict[str, Any] = {}
        if policy.group:
            group = await self._group_of(found)
            has_group = group == policy.group or await self._centre.has_group(policy.group)
            named |= {"group": group, "has_group": has_group}
        if policy.peer_group or found.peer_group_id is not None:
            groups = await self._centre.peer_groups(found.peer_group_id)
            named |= _of_peers(found, policy.peer_group, groups)
        return named

    async def _group_of(self, found: Subcloud) -> str:
        """By its name. That it stands in our own for a strategy is no drift: it is put back."""
        name = await self._centre.group(found.group_id)
        before = self._before(self._site) if name == SCRATCH_GROUP else None
        return name if before is None else await self._centre.group(before)

    async def get(self, path: str) -> Mapping[str, Any]:  # noqa: ARG002 - and one object
        """The row as it is this moment; empty where there is none."""
        found = await self._centre.subcloud(self._site)
        if found:
            self._redeploying.seen(found)
            await self._aborting.heed(found)
        return found.row if found else {}

    async def send(self, method: Method, path: str, body: Any) -> None:
        self.acts()
        if method != "GET":
            self._aborting.refuse()
            self._refuse_anothers_board(board_of(body))
        if method == "POST":
            self._refuse_anothers_addresses()
        if path.endswith(PATH):
            await self._redeploying.send(method, path, body)
        elif method != "GET":  # a wait for what somebody else has begun
            await self._centre.send(method, path, body)

    def _refuse_anothers_board(self, board: str) -> None:
        """Dcmanager asks nobody whose a board is: in a copied folder it is that of the machine which runs another site."""
        policy = self._policy()
        own = {self._site, *(policy.former_names if policy else ())}
        if board and (others := sorted(self._centre.installed_from(board) - own)):
            told = f"bmc_address {board} is that of {others[0]} in dcmanager: its machine would be installed anew"
            raise ConfigError(f"{self._site}: install-values.yaml: {told}; nothing was sent")

    def _refuse_anothers_addresses(self) -> None:
        """As dcmanager would, but at their line, and before it has the values."""
        own = [one for one in self._takes() if one.kind != BOARD]
        others = (one for name, said in self._centre.reached_at() if name != self._site for one in of_row(name, said))
        for one, other in ((one, other) for other in others for one in own if one.meets(other)):
            told = f"the {one.kind} addresses {one.first} to {one.last} meet those of {other.site} in dcmanager"
            raise ConfigError(
                f"bootstrap-values.yaml: {told}, {other.first} to {other.last}; nothing was sent", one.origin
            )

    async def _found(self) -> Subcloud | None:
        """Its row; where there is none, that of a name which it had. One that is to go is known by its own name alone."""
        policy = self._policy()
        for name in (self._site, *(policy.former_names if policy and policy.adds else ())):
            if found := await self._of(name):
                return found
        return None

    async def _of(self, name: str) -> Subcloud | None:
        if self._clock.now() - self._acted <= FRESH_S:
            return await self._centre.subcloud(name)
        try:
            seen = await self._centre.of(name)
        except ReconcilerError:
            seen = self._centre.known(name, LAST_S)
            if seen is None:
                raise
        return seen.subcloud if seen else None


def _why(found: Subcloud) -> str:
    """Where dcmanager says why it failed."""
    return f" (`dcmanager subcloud errors {found.name}` says why)" if is_failed(found.status) else ""


def _of_peers(found: Subcloud, wanted: str | None, groups: tuple[Row, ...]) -> Mapping[str, Any]:
    """The peer group that it is in, and the priorities here of that one and of the one that it is to be in."""
    own = next((group for group in groups if group["id"] == found.peer_group_id), None)
    aim = next((group for group in groups if group["peer_group_name"] == wanted), None)
    unnamed = NO_PEER_GROUP if found.peer_group_id is None else str(found.peer_group_id)
    return {
        "peer_group": own["peer_group_name"] if own else unnamed,
        "peer_priority": own["group_priority"] if own else None,
        "wanted_priority": aim["group_priority"] if aim else None,
    }
