"""Drift of many sites by what is one cause: an equal change, on whichever sites. The worst and the widest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.drift import Drift, DriftCause, SiteDrift
from reconciler.model.words import Severity

RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Sited:
    """Drift with the site that it is on."""

    site: str
    group: str
    drift: Drift


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which drift is asked for; what is empty narrows nothing. Without a cause, what is unmanaged is left out."""

    sites: frozenset[str] = frozenset()
    group: str = ""
    cause: DriftCause | None = None
    fingerprint: str = ""
    severity: Severity | None = None

    def takes(self, sited: Sited) -> bool:
        drift = sited.drift
        if self.cause is None and not self.fingerprint and drift.why is DriftCause.UNMANAGED:
            return False
        return (
            (not self.sites or sited.site in self.sites)
            and self.group in {"", sited.group}
            and self.cause in {None, drift.why}
            and self.fingerprint in {"", drift.fingerprint}
            and self.severity in {None, drift.difference.severity}
        )


@dataclass(frozen=True, slots=True)
class OneCause:
    """The same change for the same reason, on every site that has it; never without any."""

    fingerprint: str
    why: DriftCause
    members: tuple[Sited, ...]

    @property
    def sites(self) -> tuple[str, ...]:
        """By name."""
        return tuple(sorted({sited.site for sited in self.members}))

    @property
    def severity(self) -> Severity:
        return max((s.drift.difference.severity for s in self.members), key=RANKS.__getitem__)

    @property
    def first_seen(self) -> float:
        return min(s.drift.first_seen for s in self.members)

    @property
    def last_seen(self) -> float:
        return max(s.drift.last_seen for s in self.members)

    @property
    def is_flapping(self) -> bool:
        return any(s.drift.is_flapping for s in self.members)

    @property
    def what(self) -> str:
        """The field, without the host that differs from one to the other."""
        first = self.members[0].drift.difference
        return " ".join(filter(None, (first.resource.removeprefix(f"{first.host}/"), first.attribute)))

    @property
    def origins(self) -> Mapping[str, str]:
        """Each place in Git that says the value, with the commit that it was read at."""
        said = (s.drift for s in self.members if s.drift.difference.origin)
        return {drift.difference.origin: drift.commit for drift in sorted(said, key=lambda d: d.last_seen)}


def causes(known: Mapping[str, SiteDrift], groups: Mapping[str, str], wanted: Wanted) -> tuple[OneCause, ...]:
    """What drifts now by cause: the worst first, then what reaches most sites, then the oldest.

    groups: of each site; a site that has none is not managed any more, and left out.
    """
    found: dict[tuple[str, DriftCause], list[Sited]] = defaultdict(list)
    for sited in _sited(known.values(), groups):
        if wanted.takes(sited):
            found[sited.drift.fingerprint, sited.drift.why].append(sited)
    every = (OneCause(*key, tuple(members)) for key, members in found.items())
    return tuple(sorted(every, key=lambda one: (-RANKS[one.severity], -len(one.sites), one.first_seen, one.what)))


def _sited(known: Iterable[SiteDrift], groups: Mapping[str, str]) -> Iterator[Sited]:
    for one in known:
        if one.site in groups:
            yield from (Sited(one.site, groups[one.site], drift) for drift in one.open.values())
