"""What is remembered of sites between visits, as the fleet asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from reconciler.apply import Journal, Recorder
from reconciler.engine.aborting import Aborts
from reconciler.engine.redeploying import Redeployments
from reconciler.model.approval import Approval
from reconciler.model.condition import HostCondition
from reconciler.model.deployed import Deployed
from reconciler.model.durations import Durations
from reconciler.model.fight import Writes
from reconciler.model.forecast import Took
from reconciler.model.gate import Suspension
from reconciler.model.removal import Removal
from reconciler.model.resource import ResourceKey


class Memory(Protocol):
    """The store is one."""

    def base(self, site: str) -> str:
        """The commit whose plan last ended on the site; "" where none is known."""
        ...

    def windows(self, site: str) -> frozenset[str]:
        """Hosts that we locked and have not unlocked."""
        ...

    def journal(self, site: str) -> Journal: ...

    def recorder(self, site: str, plan_id: str, sending: str) -> Recorder:
        """Keeps what happens while a plan is sent."""
        ...

    def declared(self, site: str) -> frozenset[ResourceKey]:
        """The keys that the base said when it was noted."""
        ...

    @property
    def aborts(self) -> Aborts:
        """Whose deployment somebody said is to end."""
        ...

    @property
    def redeployments(self) -> Redeployments:
        """By which words sites were deployed anew."""
        ...

    def removals(self, site: str) -> tuple[Removal, ...]:
        """What commits removed and is not deleted: open, or declined."""
        ...

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        """Remember these removals, and no others."""
        ...

    def deployed(self, site: str) -> Deployed | None:
        """What it was deployed with; None where nobody knows."""
        ...

    def deploys(self, site: str, deployed: Deployed) -> None:
        """It is about to be deployed, or is believed to have been, with this. May be told again."""
        ...

    def approvals(self, site: str) -> tuple[Approval, ...]:
        """What people said of its plans, and of changes, and was not used there yet."""
        ...

    def approve(self, approval: Approval) -> int:
        """Keep a word that a rule gave; its number."""
        ...

    def conditions(self, site: str) -> tuple[HostCondition, ...]:
        """How its hosts are stuck."""
        ...

    def disproved(self, site: str, fingerprint: str) -> str:
        """Why a change failed on a twin of the site, or of one like it; "" where no proof says so."""
        ...

    def suspensions(self) -> tuple[Suspension, ...]:
        """Who said stop, to which sites and groups."""
        ...

    def writes(self, site: str) -> Writes:
        """When we wrote its fields, and to what."""
        ...

    def wrote(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        """A sending wrote these fields; may be told again."""
        ...

    def durations(self) -> Durations:
        """How long what was sent took."""
        ...

    def took(self, took: Iterable[Took], at: float) -> None:
        """A sending took so long."""
        ...

    def ended(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        """The site has all that this commit says, which are these keys."""
        ...
