"""Two writers on one field: what we wrote, again and again, and somebody set back each time. Pure.

Kept of a site is when each field was written, and to what. A commit that wants another value begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.maintenance import Duration, seconds

MOST_KEPT = 20  # writes of one field


class FightPolicy(BaseModel):
    """How often a field is written to one value before somebody has to say who is right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: int = Field(default=3, ge=2, description="So often we write a field to one value; then it is held.")
    within: Duration = Field(default="24h", description="Counted over this time.")

    @property
    def within_s(self) -> float:
        return seconds(self.within)


@dataclass(frozen=True, slots=True)
class Written:
    """One field that we wrote. wanted: a digest of the value. at: by the name of each sending, Unix seconds."""

    wanted: str
    at: Mapping[str, float] = field(default_factory=dict)

    def since(self, moment: float) -> tuple[float, ...]:
        """When it was written after a moment, the first first."""
        return tuple(sorted(at for at in self.at.values() if at > moment))


Writes = Mapping[str, Written]
"""By `resource:attribute`, or the resource alone where it was made or taken away."""


def place(resource: str, attribute: str) -> str:
    """A field as `stxr accept` takes it."""
    return f"{resource}:{attribute}" if attribute else resource


def noted(known: Writes, sending: str, fields: Mapping[str, str], now: float, keep_s: float) -> Writes:
    """The writes with those of one sending, which may be told twice. fields: place -> the value, masked.

    keep_s: those before are forgotten.
    """
    written = {name: _again(known.get(name), _digest(value), sending, now) for name, value in fields.items()}
    left = {name: _recent(one, now - keep_s) for name, one in {**known, **written}.items()}
    return {name: one for name, one in left.items() if one.at}


def fought(
    known: Writes, fields: Mapping[str, str], policy: FightPolicy, now: float
) -> Mapping[str, tuple[float, ...]]:
    """The fields among those that differ now that were written to this very value so often, with when."""
    found = {}
    for name, value in fields.items():
        one = known.get(name)
        times = one.since(now - policy.within_s) if one and one.wanted == _digest(value) else ()
        if len(times) >= policy.times:
            found[name] = times
    return found


def _again(before: Written | None, wanted: str, sending: str, now: float) -> Written:
    if before is None or before.wanted != wanted:
        return Written(wanted, {sending: now})
    return Written(wanted, {sending: now, **before.at})


def _recent(one: Written, oldest: float) -> Written:
    kept = sorted(((at, name) for name, at in one.at.items() if at > oldest), reverse=True)[:MOST_KEPT]
    return Written(one.wanted, {name: at for at, name in kept})


def _digest(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:12]
