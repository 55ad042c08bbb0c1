"""The fleet as numbers: how many sites and hosts are how, what reaches most of them, and how much Git says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from reconciler.model.host import HostHealth, health
from reconciler.model.quiet import Quiet
from reconciler.model.words import Area, State
from reconciler.telemetry.site_facts import SiteFacts

Sample = tuple[tuple[str, ...], float]


def fleet_states(facts: tuple[SiteFacts, ...]) -> dict[str, list[Sample]]:
    """Samples by family."""
    groups = sorted({one.group for one in facts})
    states = Counter((one.group, one.state) for one in facts)
    hosts = Counter((one.group, health(said)) for one in facts for said in one.verdict.hosts.values())
    quiet: Counter[tuple[str, Quiet]] = Counter()
    for one in facts:
        for why, number in one.quiet.items():
            quiet[one.group, why] += number
    lapsed = {text for one in facts for text in one.verdict.lapsed}
    return {
        "subclouds": [((g, s), float(states[g, s])) for g in groups for s in State],
        "hosts": [((g, c), float(hosts[g, c])) for g in groups for c in HostHealth],
        "drift_quiet_fields": [((g, q), float(quiet[g, q])) for g in groups for q in Quiet],
        **_causes(facts),
        "coverage_ratio": _coverage(facts),
        "validation_errors": [((), float(sum(one.state is State.INVALID for one in facts)))],
        "ignore_rules_expired": [((), float(len(lapsed)))],
    }


def _causes(facts: Iterable[SiteFacts]) -> dict[str, list[Sample]]:
    areas: dict[Area, set[str]] = defaultdict(set)
    reach: dict[str, set[str]] = defaultdict(set)
    for one in facts:
        for drift in one.loud:
            fingerprint = drift.fingerprint
            areas[drift.difference.area].add(fingerprint)
            reach[fingerprint].add(one.site)
    widest = max(map(len, reach.values()), default=0)
    causes: list[Sample] = [((area,), float(len(areas[area]))) for area in Area]
    return {"drift_causes": causes, "drift_cause_subclouds_max": [((), float(widest))]}


def _coverage(facts: Iterable[SiteFacts]) -> list[Sample]:
    """Of what is shown at all: an area of which no site shows anything has no share."""
    said: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for one in facts:
        for area, (of_git, of_site) in one.verdict.coverage.items():
            said[area] += of_git
            shown[area] += of_site
    return [((area,), said[area] / shown[area]) for area in Area if shown[area]]
