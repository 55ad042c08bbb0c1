"""What ends by time: the certificates of a site, the first to end of each type, and from when on that is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.maintenance import Duration, seconds, told
from reconciler.model.words import Severity


class CertificatePolicy(BaseModel):
    """From when on a certificate that ends is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    warn_before: Duration = Field(
        default="30d", alias="warnBefore", description="So long before a certificate of the site ends it is told."
    )

    @property
    def before_s(self) -> float:
        return seconds(self.warn_before)


class ExpiryState(StrEnum):
    """How near the end is. What has ended is another thing than what will."""

    FINE = "fine"
    SOON = "soon"
    EXPIRED = "expired"

    @property
    def severity(self) -> Severity:
        """Info: nothing is to be done."""
        return _SEVERITIES[self]


_SEVERITIES = {
    ExpiryState.FINE: Severity.INFO,
    ExpiryState.SOON: Severity.SERVICE,
    ExpiryState.EXPIRED: Severity.OUTAGE,
}


@dataclass(frozen=True, slots=True)
class Expiry:
    """When something of a site ends. type: what it is for. name: which one. at, told_from: Unix seconds."""

    type: str
    name: str
    at: float
    told_from: float = 0.0

    def state(self, now: float) -> ExpiryState:
        if now >= self.at:
            return ExpiryState.EXPIRED
        return ExpiryState.SOON if now >= self.told_from else ExpiryState.FINE

    def in_words(self, now: float) -> str:
        """`certificate ssl (ssl_17) expired 3d ago`, or `ends in 12d`."""
        which = f"certificate {self.type}" + (f" ({self.name})" if self.name not in {"", self.type} else "")
        left = told(abs(self.at - now))
        return f"{which} expired {left} ago" if now >= self.at else f"{which} ends in {left}"


def earliest(found: Iterable[Expiry], policy: CertificatePolicy) -> tuple[Expiry, ...]:
    """Of each type the first that ends, by type: their number is bounded by the platform's types."""
    first: dict[str, Expiry] = {}
    for one in sorted(found, key=lambda each: (each.at, each.name)):
        first.setdefault(one.type, one)
    return tuple(Expiry(e.type, e.name, e.at, e.at - policy.before_s) for _, e in sorted(first.items()))
