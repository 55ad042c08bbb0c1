"""dcmanager's one strategy, as a service of one site: what the centre says of the site to read, and an order to send.

A strategy is one for the whole central cloud, and most are for many sites. So nothing is posted from here: what is sent is
written down as an order, `engine.batches` makes one strategy of those that want the same, and whoever waits for the step of
its site is answered from that order. It outlives the process that asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

from reconciler.model.batch import Move, OrderEnd, SiteOrder, Wish
from reconciler.model.central import Attention
from reconciler.model.errors import ConfigError, Conflict, Held, ReconcilerError, Refused
from reconciler.model.plan import Method
from reconciler.model.rows import Row
from reconciler.model.strategy_orders import StrategyType
from reconciler.model.words import Service

ORDERS = "/orders/"  # our own: whether just this is under way, or has ended and nobody has heard it
TYPE = "type"
FRESH_S = 120.0  # the list is read every minute by who watches it: who looks at a site asks nobody
KNOWN_S = 3600.0
HERE = "dcmanager's strategies are ordered by a controller: start `stxr run`, or say `by: site`"


class Centre(Protocol):
    """The central cloud; `engine.central` is it."""

    def known(self, site: str, within_s: float) -> Attention | None: ...

    async def of(self, site: str) -> Attention | None: ...

    def awaits_strategy(self, site: str) -> None: ...


class Orders(Protocol):
    """`store.strategies`."""

    def ask(self, order: SiteOrder) -> None: ...

    def order(self, site: str) -> SiteOrder | None: ...

    def hear(self, site: str) -> None: ...

    def group_before(self, site: str) -> int | None: ...

    def moves(self) -> Mapping[str, Move]: ...


class Now(Protocol):
    def now(self) -> float: ...


class StrategySide:
    """Of one site; `engine.remote.Platform`. Methods raise ReconcilerError.

    orders: None for a command that sends none. wanted: whether Git says anything of the site that goes this way.
    """

    def __init__(
        self, site: str, centre: Centre, orders: Orders | None, clock: Now, wanted: Callable[[], bool]
    ) -> None:
        self._site, self._centre, self._orders, self._clock, self._wanted = site, centre, orders, clock, wanted

    async def list(self, path: str, items: str) -> tuple[Row, ...]:  # noqa: ARG002 - it has one list
        """One row: how the centre sees the site, or why it does not say; none where that is not known.

        Of who goes by his own VIM it is what is known anyway: a review of what he is to become is made of it. A centre that
        does not answer makes nothing else of the site unknown.
        """
        is_wanted = self._wanted()
        try:
            seen = self._centre.known(self._site, FRESH_S if is_wanted else KNOWN_S)
            if seen is None and is_wanted:
                seen = await self._centre.of(self._site)
        except ReconcilerError as error:
            return ({"unread": str(error)},)
        if seen is None:
            return ({"is_nowhere": True},) if is_wanted else ()
        if seen.strategy and is_wanted:
            self._centre.awaits_strategy(self._site)
        row = seen.subcloud
        return ({**row.row, "sync": dict(row.sync), "left": self._left()} if row else {},)

    def _left(self) -> str:
        """The type of a strategy that we ordered for the site last, and that did not go well; "" for none."""
        last = self._orders.order(self._site) if self._orders else None
        return last.wish.type.value if last and last.state in {OrderEnd.FAILED, OrderEnd.ABORTED} else ""

    async def get(self, path: str) -> Mapping[str, Any]:
        """The step of the site, as its order has it; at `/orders/` whether that is under way.

        Raises what the order ended with where that is no end of a step.
        """
        order = self._there.order(self._site)
        if ORDERS in path:
            wanted = _wish(dict(parse_qsl(path.partition("?")[2])))
            return {"is_under_way": order is not None and order.wish == wanted and not order.is_heard}
        if order is None:
            return {"state": None}
        if order.is_over:
            self._there.hear(self._site)
            if order.state == OrderEnd.LAPSED:
                self._centre.awaits_strategy(self._site)
            _raise(order, path)
        return {"state": order.state, "details": order.told}

    async def send(self, method: Method, path: str, body: Any) -> None:  # noqa: ARG002 - there is one thing to send
        """Ask for a strategy: its type, and its options. Raises Held while another is under way for the site."""
        before = self._there.order(self._site)
        if before and not before.is_over:
            raise Held(f"{self._site}: a {before.wish.type} strategy was ordered for it before, and is under way")
        self._there.ask(SiteOrder(self._site, _wish(body), self._clock.now()))

    @property
    def _there(self) -> Orders:
        if self._orders is None:
            raise ConfigError(f"{self._site}: {HERE}")
        return self._orders


def _wish(body: Mapping[str, Any]) -> Wish:
    options = {name: str(value) for name, value in body.items() if name != TYPE}
    return Wish(StrategyType(body[TYPE]), options)


def _raise(order: SiteOrder, path: str) -> None:
    """An end that tells nothing of the site's hosts."""
    if order.state == OrderEnd.LAPSED:
        raise Held(f"{order.site}: {order.told}")
    if order.state == OrderEnd.NEEDLESS:
        raise Conflict(f"{order.site}: {order.told}; planned afresh")
    if order.state == OrderEnd.REFUSED:
        raise Refused(Service.DCMANAGER, "POST", path.partition("/steps/")[0], 0, order.told, order.site)
