"""What sites ask of the central cloud's one strategy, and the batch of them that it is made for. Values only.

Several sites go together by a group of dcmanager that is ours for that time, because a strategy takes one subcloud, one
group, or all, and no list of names (starlingx/distcloud dcmanager/api/controllers/v1/sw_update_strategy.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.central import ABORTED, COMPLETE, FAILED, CentralStrategy
from reconciler.model.strategy_orders import StrategyType

WAITS = "waits"
LATENT = ("", "none", "false")  # how an option of dcmanager says nothing


class OrderEnd(StrEnum):
    """How an order ends; the first three are dcmanager's words for a step."""

    COMPLETE = COMPLETE
    FAILED = FAILED
    ABORTED = ABORTED
    REFUSED = "refused"  # the strategy as such: no site was touched
    NEEDLESS = "needless"  # dcmanager has nothing to do for the site, or lost the strategy: the site says what is so
    LAPSED = "lapsed"  # its turn did not come: gates are to be asked again


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a strategy; sites that want the same may go together. options: as it takes them, all text."""

    type: StrategyType
    options: Mapping[str, str] = field(default_factory=dict)

    def is_of(self, strategy: CentralStrategy) -> bool:
        """Whether a strategy was made with just these: what dcmanager adds of its own says nothing."""
        said = {name: str(value).lower() for name, value in strategy.options.items()}
        wanted = {name: value.lower() for name, value in self.options.items()}
        return strategy.type == self.type and {n: v for n, v in said.items() if v not in LATENT} == wanted


@dataclass(frozen=True, slots=True)
class SiteOrder:
    """What one site asks for. state: WAITS, the state of its step in dcmanager's words, or how it ended.

    batch: that which it goes with; "" for none yet. told: why it waits, or how it goes, for people.
    is_heard: whoever asked for it knows how it ended.
    """

    site: str
    wish: Wish
    asked_at: float
    batch: str = ""
    state: str = WAITS
    told: str = ""
    is_heard: bool = False

    @property
    def is_over(self) -> bool:
        return self.state in set(OrderEnd)

    @property
    def waits(self) -> bool:
        """For a batch."""
        return not self.is_over and not self.batch


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that go by one strategy. created_at: dcmanager's, by which it is known from others; "" until it is made."""

    id: str
    wish: Wish
    made_at: float
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A site that stands in our group for a batch, and the group that it is put back into, by its number."""

    site: str
    group_before: int
    batch: str


@dataclass(frozen=True, slots=True)
class BatchSight:
    """What goes on, for who watches. waits, goes: sites. since: when the oldest of those that wait asked."""

    type: str = ""
    waits: int = 0
    goes: int = 0
    since: float | None = None


def gathered(orders: Iterable[SiteOrder], now: float, quiet_s: float, longest_s: float) -> tuple[SiteOrder, ...]:
    """The orders that go next: the oldest, and all that want the same; none while more of them still come in.

    quiet_s: since the last of them was asked for. longest_s: nobody waits longer for others to come.
    """
    waiting = sorted((one for one in orders if one.waits), key=lambda one: (one.asked_at, one.site))
    alike = tuple(one for one in waiting if one.wish == waiting[0].wish)
    if not alike:
        return ()
    is_quiet = now - alike[-1].asked_at >= quiet_s
    return alike if is_quiet or now - alike[0].asked_at >= longest_s else ()
