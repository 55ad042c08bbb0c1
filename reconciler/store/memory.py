"""The store as the fleet asks it: at work, or what was remembered for a command that only looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from reconciler.model.aborting import Abort
from reconciler.model.approval import Approval
from reconciler.model.condition import HostCondition
from reconciler.model.deployed import Deployed
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.fight import Writes
from reconciler.model.forecast import Took
from reconciler.model.gate import Suspension
from reconciler.model.history import Happening, Sending
from reconciler.model.kind import Kinds
from reconciler.model.redeployment import Asked, Redeployed
from reconciler.model.removal import Removal
from reconciler.model.resource import ResourceKey
from reconciler.model.stored import Stored
from reconciler.store.aborts import AbortStore
from reconciler.store.redeployments import RedeploymentStore
from reconciler.store.store import Store


def unnoticed(text: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class SiteJournal:
    """The windows of one site; `apply.Journal` over the store."""

    store: Store
    site: str

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        self.store.open_window(self.site, host, plan_id, until)

    def window_closed(self, host: str) -> None:
        self.store.close_window(self.site, host)

    def stands(self, condition: HostCondition) -> None:
        self.store.conditions.stands(self.site, condition)

    def over(self, host: str) -> None:
        self.store.conditions.over(self.site, (host,))

    def stores(self, note: Stored) -> None:
        self.store.notes.keep(self.site, note)

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:
        return self.store.notes.of(self.site, kinds)

    def applied(self, key: ResourceKey) -> None:
        self.store.notes.forget(self.site, str(key))


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """What the fleet remembers, in the store.

    replica: this process, as histories name it. lost: is told what could not be written of them.
    """

    store: Store
    replica: str = ""
    lost: Callable[[str], None] = unnoticed

    def recorder(self, site: str, plan_id: str, sending: str) -> Callable[[Happening], None]:
        return self.store.history.recorder(Sending(sending, site, plan_id, ()), self.replica, self.lost)

    def base(self, site: str) -> str:
        return self.store.base(site)

    def windows(self, site: str) -> frozenset[str]:
        return self.store.windows(site)

    def journal(self, site: str) -> SiteJournal:
        return SiteJournal(self.store, site)

    def declared(self, site: str) -> frozenset[ResourceKey]:
        return self.store.declared(site)

    def deployed(self, site: str) -> Deployed | None:
        return self.store.deployed.of(site)

    def deploys(self, site: str, deployed: Deployed) -> None:
        self.store.deployed.note(site, deployed)

    @property
    def redeployments(self) -> RedeploymentStore:
        return self.store.redeployments

    @property
    def aborts(self) -> AbortStore:
        return self.store.aborts

    def removals(self, site: str) -> tuple[Removal, ...]:
        return self.store.removals(site)

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        self.store.carry(site, removals)

    def approvals(self, site: str) -> tuple[Approval, ...]:
        return self.store.words.approvals(site)

    def approve(self, approval: Approval) -> int:
        return self.store.words.answer(approval)

    def suspensions(self) -> tuple[Suspension, ...]:
        return self.store.words.suspensions()

    def writes(self, site: str) -> Writes:
        return self.store.writes.of(site)

    def wrote(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        if fields:
            self.store.writes.note(site, sending, fields, at)

    def durations(self) -> Durations:
        return self.store.durations.known()

    def took(self, took: Iterable[Took], at: float) -> None:
        try:
            self.store.durations.note(took, at)
        except SQLAlchemyError as error:
            self.lost(f"how long a plan took was not kept: {error}")

    def disproved(self, site: str, fingerprint: str) -> str:
        return self.store.proofs.of(site, fingerprint)

    def conditions(self, site: str) -> tuple[HostCondition, ...]:
        return self.store.conditions.of(site)

    def ended(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        keys = frozenset(declared)
        if self.store.base(site) != commit or self.store.declared(site) != keys:
            self.store.set_base(site, commit, keys)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was remembered when it was asked; nothing is written. For commands that only look."""

    bases: dict[str, str]
    opened: dict[str, frozenset[str]]
    removed: dict[str, tuple[Removal, ...]] = field(default_factory=dict)
    said: dict[str, frozenset[ResourceKey]] = field(default_factory=dict)
    lasted: Durations = NOTHING
    with_what: dict[str, Deployed] = field(default_factory=dict)
    anew: dict[str, Redeployed] = field(default_factory=dict)

    def base(self, site: str) -> str:
        return self.bases.get(site, "")

    def windows(self, site: str) -> frozenset[str]:
        return self.opened.get(site, frozenset())

    def journal(self, site: str) -> Recalled:  # noqa: ARG002
        return self

    def recorder(self, site: str, plan_id: str, sending: str) -> Callable[[Happening], None]:
        raise AssertionError(f"a command that only looks was about to send {sending} of plan {plan_id} to {site}")

    def declared(self, site: str) -> frozenset[ResourceKey]:
        return self.said.get(site, frozenset())

    def deployed(self, site: str) -> Deployed | None:
        return self.with_what.get(site)

    def deploys(self, site: str, deployed: Deployed) -> None:
        """Not ours to write."""

    @property
    def redeployments(self) -> RecalledRedeployments:
        return RecalledRedeployments(self.anew)

    @property
    def aborts(self) -> RecalledAborts:
        return RecalledAborts()

    def removals(self, site: str) -> tuple[Removal, ...]:
        return self.removed.get(site, ())

    def approvals(self, site: str) -> tuple[Approval, ...]:  # noqa: ARG002
        return ()  # who only looks sends nothing

    def approve(self, approval: Approval) -> int:
        raise AssertionError(f"a command that only looks was about to keep an approval by {approval.by}")

    def suspensions(self) -> tuple[Suspension, ...]:
        return ()

    def writes(self, site: str) -> Writes:  # noqa: ARG002
        return {}

    def wrote(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        raise AssertionError(f"a command that only looks has sent {sending} to {site}: {', '.join(fields)} at {at}")

    def durations(self) -> Durations:
        return self.lasted

    def took(self, took: Iterable[Took], at: float) -> None:
        raise AssertionError(f"a command that only looks has sent something, at {at}: {list(took)}")

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        """Not ours to write: who owns the folder finds them too."""

    def ended(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        """Not ours to write."""

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:  # noqa: ARG002
        raise AssertionError(f"a command that only looks was about to lock {host} for plan {plan_id}")

    def window_closed(self, host: str) -> None:
        raise AssertionError(f"a command that only looks was about to unlock {host}")

    def stands(self, condition: HostCondition) -> None:
        raise AssertionError(f"a command that only looks was about to note {condition.in_words}")

    def over(self, host: str) -> None:
        """Not ours to write."""

    def disproved(self, site: str, fingerprint: str) -> str:  # noqa: ARG002
        return ""  # who only looks sends nothing

    def conditions(self, site: str) -> tuple[HostCondition, ...]:  # noqa: ARG002
        return ()  # who only looks locks nothing

    def stores(self, note: Stored) -> None:
        raise AssertionError(f"a command that only looks was about to send {note.key}")

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:  # noqa: ARG002
        return ()

    def applied(self, key: ResourceKey) -> None:
        """Not ours to write."""


class RecalledAborts:
    """Who only looks sends nothing that could be aborted."""

    def of(self, site: str) -> Abort | None:  # noqa: ARG002
        return None

    def asked(self, site: str, status: str) -> None:
        raise AssertionError(f"a command that only looks was about to abort {site}, which is {status}")

    def forget(self, site: str) -> None:
        """Not ours to write."""


@dataclass(frozen=True, slots=True)
class RecalledRedeployments:
    """Those that were known when it was asked."""

    known: Mapping[str, Redeployed]

    def of(self, site: str) -> Redeployed:
        return self.known.get(site, Redeployed())

    def sees(self, site: str, token: str) -> None:
        """Not ours to write: who owns the folder sees it too."""

    def begins(self, site: str, asked: Asked) -> None:
        raise AssertionError(f"a command that only looks was about to have {site} deployed anew for {asked.token}")

    def sent(self, site: str, at: float, status: str) -> None:
        raise AssertionError(f"a command that only looks has had {site} deployed anew, at {at}, from {status}")

    def refused(self, site: str) -> None:
        """Nothing was asked for."""

    def taken(self, site: str) -> None:
        """Not ours to write."""

    def ended(self, site: str) -> None:
        """Not ours to write."""
