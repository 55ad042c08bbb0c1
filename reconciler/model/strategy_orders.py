"""What may be asked of the one strategy that a central cloud has: its type, its sites, its options. Values only.

starlingx/distcloud dcmanager/api/controllers/v1/sw_update_strategy.py, dcmanager/orchestrator/validators. Every value
goes as text, booleans too: a JSON boolean is refused (recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.secret import SecretRef

MOST_AT_ONCE = 5000
MOST_PRESTAGED_AT_ONCE = 250


class StrategyType(StrEnum):
    """Those that there are (dcmanager/common/consts.py); `patch` and `upgrade` of older releases are refused (recorded)."""

    SOFTWARE = "sw-deploy"
    KUBERNETES = "kubernetes"
    ROOT_CA = "kube-rootca-update"
    FIRMWARE = "firmware"
    PRESTAGE = "prestage"


class StrategyState(StrEnum):
    """The whole strategy's."""

    INITIAL = "initial"
    APPLYING = "applying"
    ABORT_REQUESTED = "abort requested"  # with the space (recorded)
    ABORTING = "aborting"
    ABORTED = "aborted"
    COMPLETE = "complete"
    FAILED = "failed"
    DELETING = "deleting"


DELETABLE = frozenset(
    {StrategyState.INITIAL, StrategyState.COMPLETE, StrategyState.FAILED, StrategyState.ABORTED},
)
"""An ended strategy keeps its place: nobody can make another before it is deleted."""


@dataclass(frozen=True, slots=True)
class StrategyOrder:
    """A strategy to be made: for one subcloud, for one group, or for all. There is no list of names.

    options: type's own, as `release_id`, `to-version`, `expiry-date`, `for_install`; all as text.
    at_once, serially: not for a group, which says them itself. sysadmin: for what prestages.
    """

    type: StrategyType
    subcloud: str = ""
    group: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    at_once: int | None = None
    serially: bool = False
    stop_on_failure: bool = False
    force: bool = False
    sysadmin: SecretRef | None = None

    def __post_init__(self) -> None:
        if self.subcloud and self.group:
            raise ValueError("a strategy is for one subcloud, for one group, or for all")
        if self.group and (self.at_once or self.serially):
            raise ValueError(f"the group {self.group} says itself how many at once")
