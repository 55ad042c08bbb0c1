"""Fleets that drift, for tests of what is told of them elsewhere."""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.sinks.drift_alarms import Known
from reconciler.model.drift import Drift, DriftCause, SiteDrift, by_place
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Area, Cause, Severity, State

MTU = Difference(
    "controller-0/ethernet/mgmt0",
    "mtu",
    "update",
    "1500",
    "9000",
    Cause.DRIFTED,
    Area.NETWORK,
    Severity.SERVICE,
    origin="profiles/ran/deployment-config.yaml:41",
    since=1_767_225_600.0,
    kind="ethernet",
    host="controller-0",
)
DNS = replace(MTU, resource="dns/dns", attribute="servers", observed="192.0.2.9", desired="192.0.2.1", host="")


def drifted(site: str, *differences: Difference, why: DriftCause = DriftCause.OUT_OF_BAND) -> SiteDrift:
    """A site and what it has moved away from Git by."""
    return SiteDrift(site, 0.0, by_place(Drift(one, why, one.since) for one in differences))


def fleet(*sites: SiteDrift, group: str = "edge", suppressed: dict[str, tuple[str, ...]] | None = None) -> Known:
    """Sites of one group, all looked at."""
    quiet = suppressed or {}
    verdicts = [
        Verdict(s.site, State.DRIFTED, group=group, observed_at=0.0, suppressed=quiet.get(s.site, ())) for s in sites
    ]
    return Known.of({s.site: s for s in sites}, verdicts, frozenset(s.site for s in sites))
