"""How a commit that changes many sites goes out: canaries, then waves by group and label. What fleet.yaml says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt
from pydantic.alias_generators import to_camel

from reconciler.model.maintenance import DURATION_FORM, Duration, seconds

SHARE = re.compile(r"(\d{1,3})%")
Share = Annotated[str, Field(pattern=rf"^{SHARE.pattern}$")]
Amount = Annotated[int, Field(ge=0)] | Share
WorkersOut = PositiveInt | Share


def amount(said: int | str, total: int) -> int:
    """A number of sites, or a share of all of them, rounded down: `10%` of 55 is 5."""
    share = SHARE.fullmatch(said) if isinstance(said, str) else None
    return total * int(share[1]) // 100 if share else int(said)


@dataclass(frozen=True, slots=True)
class Selectable:
    """A site, as far as waves choose by it."""

    name: str
    group: str = "default"
    labels: Mapping[str, str] = field(default_factory=dict)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)


class Wave(_Said):
    """Sites of one of these groups that have all of these labels; all sites where neither is named."""

    groups: tuple[str, ...] = Field(default=(), description="Sites of one of these groups; of any where none is named.")
    labels: Mapping[str, str] = Field(default_factory=dict, description="Sites that have all of these labels.")

    def has(self, site: Selectable) -> bool:
        is_labelled = all(site.labels.get(name) == value for name, value in self.labels.items())
        return is_labelled and (not self.groups or site.group in self.groups)


class Goes(StrEnum):
    """When the system controller has its turn."""

    FIRST = "first"  # no subcloud may run a later release than it (distcloud dcmanager/orchestrator/validators)
    LAST = "last"


class CentralSite(_Said):
    """The system controller, which is a site too: its own documents, release and policies, in a folder like any other's."""

    site: str = Field(description="Its folder in subclouds/.")
    goes: Goes = Field(
        default=Goes.FIRST,
        description="`first`: in a wave of its own before all others, even the canaries, and its failure stops all; `last`: "
        "after all others.",
    )


class Strategy(_Said):
    """`rollout:` of fleet.yaml."""

    central: CentralSite | None = Field(
        default=None, description="The site that is the system controller itself; none of the sites without."
    )
    canaries: tuple[str, ...] = Field(default=(), description="Sites that go first; any failure among them stops all.")
    waves: tuple[Wave, ...] = Field(
        default=(), description="Who goes together, in this order; whom no wave names goes in a last one."
    )
    max_concurrent: PositiveInt = Field(default=10, description="Sites that are changed at a time.")
    max_failures: Amount = Field(
        default=0, description="So many sites, or `5%` of those of the rollout, may fail; one more stops it."
    )
    soak: Annotated[str, Field(pattern=DURATION_FORM)] = Field(
        default="", description="How long each wave is watched before the next begins: 30m. Not at all without."
    )
    progress_deadline: Duration = Field(
        default="4h", description="How long a wave waits for sites that are dark or held; they are caught up later."
    )

    @property
    def soak_s(self) -> float:
        return seconds(self.soak)

    @property
    def deadline_s(self) -> float:
        return seconds(self.progress_deadline)


def waves(strategy: Strategy, sites: Iterable[Selectable]) -> tuple[tuple[str, ...], ...]:
    """The sites by wave, each in the first that chooses it, whom none chooses in the last; no wave is empty."""
    found: dict[int, list[str]] = {}
    for site in sorted(sites, key=lambda s: s.name):
        found.setdefault(_wave(strategy, site), []).append(site.name)
    return tuple(tuple(names) for _, names in sorted(found.items()))


def has_canaries(strategy: Strategy, wave: Iterable[str]) -> bool:
    """Whether a wave is that of the canaries, or of the system controller that goes before them."""
    leading = {strategy.central.site} if strategy.central and strategy.central.goes is Goes.FIRST else set()
    return bool(set(wave) & (leading | set(strategy.canaries)))


def _wave(strategy: Strategy, site: Selectable) -> int:
    central = strategy.central
    if central and site.name == central.site:
        return -2 if central.goes is Goes.FIRST else len(strategy.waves) + 1
    if site.name in strategy.canaries:
        return -1
    chosen = (number for number, wave in enumerate(strategy.waves) if wave.has(site))
    return next(chosen, len(strategy.waves))


class Mass(_Said):
    """`mass:` of fleet.yaml: how much a commit may do before somebody has to say yes to the whole of it."""

    changed: Amount = Field(default="20%", description="Sites that a commit may change: a number, or a share of all.")
    disrupted: Amount = Field(default="5%", description="Sites of which it may take hosts out of service.")
    deleted: Amount = Field(default=10, description="Sites on which it may delete something.")
    few: Annotated[int, Field(ge=0)] = Field(
        default=20, description="So many sites are no mass, whatever share of a small fleet they are."
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What a commit does to how many sites. unplanned: those of which only the first is known yet."""

    fleet: int
    changed: int
    disrupted: int = 0
    deleted: int = 0
    unplanned: int = 0


def excess(mass: Mass, reach: Reach) -> str:
    """What the commit does too much of, for a person; "" if nothing, or if that is not known yet."""
    said = (
        (reach.changed, mass.changed, "changes"),
        (reach.disrupted, mass.disrupted, "takes hosts out of service on"),
        (reach.deleted, mass.deleted, "deletes on"),
    )
    over = [f"{does} {n} of {reach.fleet} sites (the limit is {most})" for n, most, does in said
            if n > limit(mass, most, reach.fleet)]  # fmt: skip
    return " and ".join(over)


def might_exceed(mass: Mass, reach: Reach) -> bool:
    """Whether the sites that are not planned yet could make it too much."""
    left = reach.unplanned
    return bool(left) and (
        reach.disrupted + left > limit(mass, mass.disrupted, reach.fleet)
        or reach.deleted + left > limit(mass, mass.deleted, reach.fleet)
    )


def limit(mass: Mass, most: int | str, fleet: int) -> int:
    """The number of sites that is not too many yet. A share of few sites means nothing; a number means what it says."""
    return amount(most, fleet) if isinstance(most, int) else max(amount(most, fleet), mass.few)
