"""What holds between sites: a breaker over the fleet and over each group, and how many hosts may be out of service.

Gates judge it as a value; who passes them claims, and looks once more, because another replica may have claimed since.
A claim is a row before it is counted, so two that come at once both see both, and the limit is never passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from reconciler.apply import Clock
from reconciler.desired import Fleet
from reconciler.engine.repository import Repository
from reconciler.model.allowance import Allowance
from reconciler.model.breaker import Breaker, BreakerPolicy, Guard
from reconciler.model.breaker_steps import after
from reconciler.model.budget import Bounded, Budget
from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import GateName, Hold
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.store import BoundStore

FLEET = ""
GRACE_S = 120.0  # between a claim and the first that is known of its sending
Opened = Callable[[], Mapping[str, frozenset[str]]]


class Bounds:
    """The bounds of one controller; `engine.office.Bounds`. Belongs to its event loop.

    opened: site -> hosts that we locked and did not unlock. hosts: how many hosts the sites of a group have; "" all.
    under_way: sites to which a plan is being sent, by whichever replica.
    """

    def __init__(
        self,
        kept: BoundStore,
        repository: Repository,
        clock: Clock,
        *,
        opened: Opened,
        hosts: Callable[[str], int],
        under_way: Callable[[], frozenset[str]],
    ) -> None:
        self._kept, self._repository, self._clock = kept, repository, clock
        self._opened, self._hosts, self._under_way = opened, hosts, under_way
        self._fleet: Fleet | None = None
        self._claimed: set[str] = set()  # by this process

    def read(self) -> None:
        """fleet.yaml may have moved; what it said last counts where it cannot be read."""
        try:
            self._fleet = self._repository.fleet()
        except ReconcilerError:
            return  # each site says what is wrong with it

    def of(self, site: str) -> Allowance:
        group, known = self._group(site), self._kept.breakers()
        guards = (Guard(_named(scope), known[scope], self._policy(scope)) for scope in (FLEET, group) if scope in known)
        return Allowance(tuple(guards), tuple(self._budgets(site, group)))

    def limits(self) -> dict[str, int]:
        """Hosts that may be out of service at a time, of the fleet ("") and of each group, where that is bounded."""
        said = {FLEET: self._fleet.max_unavailable if self._fleet else None}
        said |= {name: self._of_group(name)[1] for name in (self._fleet.groups if self._fleet else ())}
        return {
            scope: Budget("", most, 0, self._hosts(scope)).limit for scope, most in said.items() if most is not None
        }

    def standing(self) -> dict[str, Bounded]:
        """The fleet ("") and each group, as it stands now beside its bounds."""
        limits, known, taken = self.limits(), self._kept.breakers(), self._taken()
        out = Counter({FLEET: sum(taken.values())})
        for site, number in taken.items():
            out[self._group(site)] += number
        groups = self._fleet.groups if self._fleet else ()
        failing = (scope for scope, breaker in known.items() if breaker.failures)
        found = {scope: known.get(scope, Breaker()) for scope in (*groups, *failing, *out)}
        return {
            scope: Bounded(out[scope], limits.get(scope), len(breaker.failures), breaker.opened)
            for scope, breaker in found.items()
        }

    def claim(self, site: str, todo: Plan) -> tuple[Hold, ...]:
        now, allowance = self._clock.now(), self.of(site)
        tried = [guard for guard in allowance.guards if guard.breaker.is_open]
        if tried and not all(self._tries(site, scope, now) for scope in (FLEET, self._group(site))):
            return (Hold(GateName.BREAKER, "another site is tried while the breaker is open"),)
        self._claimed.add(site)
        if not todo.most_out:
            return ()
        self._kept.claim(site, todo.most_out)
        over = [why for budget in self._budgets(site, self._group(site)) if (why := budget.holds(todo.most_out))]
        if over:
            self.let_go(site)
        return (Hold(GateName.BUDGET, "; ".join(over)),) if over else ()

    def ended(self, site: str, outcome: Outcome) -> None:
        self.let_go(site)
        for scope in {FLEET, self._group(site)}:
            self._count(site, scope, outcome)

    def _count(self, site: str, scope: str, outcome: Outcome) -> None:
        policy, now = self._policy(scope), self._clock.now()

        def counted(before: Breaker) -> Breaker | None:
            later = after(before, site, outcome, policy, now)
            return None if later == before else later

        self._kept.change(scope, counted)

    def let_go(self, site: str) -> None:
        self._claimed.discard(site)
        self._kept.give_back(site)

    def has_claimed(self, site: str) -> bool:
        return site in self._claimed

    def _tries(self, site: str, scope: str, now: float) -> bool:
        """Whether the site is the one that is tried, where a breaker is open."""
        policy = self._policy(scope)

        def begun(before: Breaker) -> Breaker | None:
            return before.begun(site, now) if before.may_begin(site, policy, now) else None

        return self._kept.change(scope, begun)

    def _budgets(self, site: str, group: str) -> Iterator[Budget]:
        said = {FLEET: self._fleet.max_unavailable if self._fleet else None, group: self._of_group(group)[1]}
        taken: dict[str, int] | None = None
        for scope, most in said.items():
            if most is not None:
                taken = self._taken() if taken is None else taken
                used = sum(n for name, n in taken.items() if name != site and scope in {FLEET, self._group(name)})
                yield Budget(_named(scope), most, used, self._hosts(scope))

    def _taken(self) -> dict[str, int]:
        """Site -> hosts that are out of service for our plans, or may be at any moment.

        A claim whose plan nobody sends is of a process that died before it was on its way.
        """
        sent, oldest = self._claimed | self._under_way(), self._clock.now() - GRACE_S
        claims = {s: c.hosts for s, c in self._kept.claims().items() if s in sent or c.at > oldest}
        opened = self._opened()
        return {site: max(claims.get(site, 0), len(opened.get(site, ()))) for site in {*claims, *opened}}

    def _policy(self, scope: str) -> BreakerPolicy:
        whole = self._fleet.breaker if self._fleet else BreakerPolicy()
        return (self._of_group(scope)[0] or whole) if scope else whole

    def _of_group(self, name: str) -> tuple[BreakerPolicy | None, int | str | None]:
        group = self._fleet.groups.get(name) if self._fleet else None
        return (group.breaker, group.max_unavailable) if group else (None, None)

    def _group(self, site: str) -> str:
        try:
            return self._repository.settings(site).group
        except (ReconcilerError, KeyError):
            return "default"  # a site that Git does not describe any more


def _named(scope: str) -> str:
    return f"group {scope}" if scope else "the fleet"
