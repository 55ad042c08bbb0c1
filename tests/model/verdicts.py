"""Verdicts and outcomes for tests: one plain example in a line, and any at all for properties."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.model.alarm import AlarmSeverity, SiteAlarms, Standing, Teller
from reconciler.model.backup import BackupSight
from reconciler.model.board import Health, Power, Trouble
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.dark import HostSight
from reconciler.model.expiry import Expiry
from reconciler.model.forecast import Basis, PlanForecast, Span, StageForecast
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import StageType
from reconciler.model.resource import ResourceKey
from reconciler.model.verdict import Difference, Ignored, Verdict
from reconciler.model.words import Area, Cause, Disruption, Result, Severity, State


def difference(attribute: str = "mtu", **facts: Any) -> Difference:
    """One drifted attribute of one interface."""
    said = {
        "resource": "controller-0/ethernet/data0",
        "action": "update",
        "observed": "1500",
        "desired": "9000",
        "cause": Cause.DRIFTED,
        "area": Area.NETWORK,
        "severity": Severity.SERVICE,
    }
    return Difference(attribute=attribute, **said | facts)


def verdict(site: str = "ottawa-001", state: State = State.DRIFTED, **facts: Any) -> Verdict:
    """A site that was read at 1,000 and judged then; what it lacks is given."""
    read_at = facts.get("judged_at", 1_000.0)
    return Verdict(
        site, state, **{"group": "ran", "observed_at": read_at, "judged_at": read_at, "reachable": True} | facts
    )


def sending(service: str, path: str) -> dict[str, Any]:
    """A plan of one call, as it is kept."""
    call = {"service": service, "method": "PATCH", "path": path, "body": None}
    return {"stages": [{"steps": [{"kind": "a", "host": "", "calls": [call]}]}], "disruption": "none"}


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)  # PostgreSQL has no NUL in text
TIMES = st.floats(0, 4e9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
DIFFERENCES = st.builds(
    Difference,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.sampled_from(Cause),
    st.sampled_from(Area),
    st.sampled_from(Severity),
    st.sampled_from(Disruption),
    TEXT,
    TIMES,
    TEXT,
    TEXT,
)
IGNORED = st.builds(Ignored, DIFFERENCES, TEXT, TEXT, st.none() | TIMES)
CONDITIONS = st.builds(HostCondition, st.sampled_from(Condition), TEXT, TEXT, TIMES, st.none() | TIMES, TEXT)
SPANS = st.builds(Span, TIMES, TIMES, st.sampled_from(Basis), st.integers(0, 300))
STAGES = st.builds(StageForecast, st.integers(0, 9), st.sampled_from(StageType), TEXT, SPANS, TIMES)
FORECASTS = st.builds(PlanForecast, st.lists(STAGES, max_size=2).map(tuple), SPANS, TIMES, SPANS, st.booleans())
SEVERITIES = st.sampled_from(AlarmSeverity)
STANDING = st.builds(Standing, TEXT, SEVERITIES, TEXT, TEXT, st.booleans(), TEXT)
ALARMS = st.builds(
    SiteAlarms,
    st.sampled_from(Teller),
    TIMES,
    st.dictionaries(SEVERITIES, st.integers(1, 2000), max_size=2),
    st.none() | st.integers(0, 9),
    st.lists(STANDING, max_size=2).map(tuple),
)
SIGHTS = st.builds(
    HostSight, TEXT, TIMES, st.sampled_from(Power), st.sampled_from(Health), st.none() | st.sampled_from(Trouble), TEXT
)
VERDICTS = st.builds(
    Verdict,
    site=TEXT,
    state=st.sampled_from(State),
    group=TEXT,
    mode=TEXT,
    commit=TEXT,
    input_key=TEXT,
    observed_at=st.none() | TIMES,
    judged_at=TIMES,
    reachable=st.none() | st.booleans(),
    differences=st.lists(DIFFERENCES, max_size=3).map(tuple),
    unmanaged=st.integers(0, 9),
    unjudged=st.lists(TEXT, max_size=2).map(tuple),
    reason=TEXT,
    message=TEXT,
    plan_id=TEXT,
    plan=st.none() | st.dictionaries(TEXT, VALUES, max_size=2),
    open_windows=st.lists(TEXT, max_size=2).map(tuple),
    conditions=st.lists(CONDITIONS, max_size=2).map(tuple),
    due=st.dictionaries(TEXT, TIMES, max_size=2),
    release=TEXT,
    system_mode=TEXT,
    hosts=st.dictionaries(TEXT, TEXT, max_size=2),
    strangers=st.lists(DIFFERENCES, max_size=2).map(tuple),
    accepted=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    unread=st.lists(TEXT, max_size=2).map(tuple),
    ignored=st.lists(IGNORED, max_size=2).map(tuple),
    alarms=st.none() | ALARMS,
    lapsed=st.lists(TEXT, max_size=2).map(tuple),
    forecast=st.none() | FORECASTS,
    boards=st.lists(SIGHTS, max_size=2).map(tuple),
    ailing=st.lists(SIGHTS, max_size=2).map(tuple),
    backup=st.none() | st.builds(BackupSight, TEXT, st.none() | TIMES, st.none() | TIMES, TEXT),
    certificates=st.lists(st.builds(Expiry, TEXT, TEXT, TIMES, TIMES), max_size=2).map(tuple),
)
KEYS = st.builds(ResourceKey, TEXT, TEXT, TEXT)
ENTRIES = st.builds(Entry, TEXT, TEXT, st.lists(KEYS, max_size=2).map(tuple), st.sampled_from(StepResult), TEXT)
OUTCOMES = st.builds(
    Outcome,
    TEXT,
    st.sampled_from(Result),
    st.lists(ENTRIES, max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    TEXT,
)
