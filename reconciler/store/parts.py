"""The parts of the store, by name: each is a class of its own over tables of its own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from reconciler.store.aborts import AbortStore
from reconciler.store.alarming import AlarmingStore
from reconciler.store.bells import Bells
from reconciler.store.board_refusals import BoardRefusals
from reconciler.store.bounds import BoundStore
from reconciler.store.central import CentralStore
from reconciler.store.conditions import Conditions
from reconciler.store.deployed import DeployedStore
from reconciler.store.drift import DriftStore
from reconciler.store.durations import DurationStore
from reconciler.store.history import History
from reconciler.store.leases import Leases
from reconciler.store.notes import Notes
from reconciler.store.proofs import ProofStore
from reconciler.store.readings import ReadingStore
from reconciler.store.redeployments import RedeploymentStore
from reconciler.store.reviews import ReviewStore
from reconciler.store.rollouts import Rollouts
from reconciler.store.sessions import Sessions
from reconciler.store.strategies import StrategyStore
from reconciler.store.tokens import Tokens
from reconciler.store.words import Words
from reconciler.store.writes import WriteStore


class Parts:
    """Made anew whenever one is asked for: they keep nothing but the engine."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock

    @property
    def conditions(self) -> Conditions:
        """How hosts are stuck."""
        return Conditions(self._engine, self._clock)

    @property
    def notes(self) -> Notes:
        """What was sent, and may be stored without being applied."""
        return Notes(self._engine, self._clock)

    # ---- what people say

    @property
    def words(self) -> Words:
        """Suspensions, approvals, and the audit of both."""
        return Words(self._engine, self._clock)

    @property
    def tokens(self) -> Tokens:
        """Who may use the API."""
        return Tokens(self._engine, self._clock)

    @property
    def history(self) -> History:
        """What was sent, deed by deed."""
        return History(self._engine)

    @property
    def proofs(self) -> ProofStore:
        """Changes that failed on twins. May be used from any thread."""
        return ProofStore(self._engine)

    @property
    def durations(self) -> DurationStore:
        """How long what was sent took."""
        return DurationStore(self._engine)

    @property
    def drift(self) -> DriftStore:
        """What differs since when, and how what differed ended."""
        return DriftStore(self._engine)

    @property
    def deployed(self) -> DeployedStore:
        """What sites were deployed with."""
        return DeployedStore(self._engine, self._clock)

    @property
    def aborts(self) -> AbortStore:
        """Whose deployment somebody said is to end."""
        return AbortStore(self._engine, self._clock)

    @property
    def redeployments(self) -> RedeploymentStore:
        """By which words of Git they were deployed anew."""
        return RedeploymentStore(self._engine, self._clock)

    @property
    def alarming(self) -> AlarmingStore:
        """How our alarms on the system controller are kept."""
        return AlarmingStore(self._engine)

    @property
    def rollouts(self) -> Rollouts:
        """Commits on their way to many sites."""
        return Rollouts(self._engine, self._clock)

    # ---- replicas

    @property
    def sessions(self) -> Sessions:
        """The processes that share this database. May be used from any thread."""
        return Sessions(self._engine)

    @property
    def leases(self) -> Leases:
        """What each of them may work on. May be used from any thread."""
        return Leases(self._engine)

    @property
    def bells(self) -> Bells:
        """By which they tell each other to look. May be used from any thread."""
        return Bells(self._engine)

    @property
    def board_refusals(self) -> BoardRefusals:
        """Controllers that did not let us in."""
        return BoardRefusals(self._engine)

    @property
    def central(self) -> CentralStore:
        """The central cloud as any of them read it last. May be used from any thread."""
        return CentralStore(self._engine)

    @property
    def strategies(self) -> StrategyStore:
        """What sites ask of dcmanager's one strategy. May be used from any thread."""
        return StrategyStore(self._engine)

    @property
    def bounds(self) -> BoundStore:
        """What holds between sites."""
        return BoundStore(self._engine, self._clock)

    @property
    def writes(self) -> WriteStore:
        """When we wrote which field."""
        return WriteStore(self._engine)

    @property
    def readings(self) -> ReadingStore:
        """The last reading of each site."""
        return ReadingStore(self._engine)

    @property
    def reviews(self) -> ReviewStore:
        """Reviews, and the pull requests that are followed."""
        return ReviewStore(self._engine, self._clock)
