"""Every metric, once: name, labels, unit, and the question that it answers. What is served and the page are made of it.

Names, labels and units are an interface: they change only with a changelog line. No label ever holds a uuid, a path of
a machine, a commit, a secret or an error's text, and a host's name only where somebody asks for one group's hosts.
`origin` is file and line in the repository: whoever is woken by an alarm reads it there first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "stxr"
SITE = ("subcloud", "group")
MOST = 20  # rollouts that are told: an id stands in a label, so their number is bounded
ANY = "any"  # an area, severity or disruption where the cap on series took the split away


class Type(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Of(StrEnum):
    """Whose it is."""

    FLEET = "leader"  # the fleet's state: of the leader alone, or each site would be there once a replica
    PROCESS = "each replica"
    HOSTS = "leader, on request"  # /metrics/hosts?group=


@dataclass(frozen=True, slots=True)
class Family:
    """One metric. name: as it is scraped. unit: of its value; "" where it counts or says yes and no."""

    name: str
    type: Type
    labels: tuple[str, ...]
    text: str
    unit: str = ""
    of: Of = Of.FLEET

    @property
    def is_of_site(self) -> bool:
        """One site's, told by the leader."""
        return self.of is Of.FLEET and self.labels[: len(SITE)] == SITE

    @property
    def full_name(self) -> str:
        return f"{PREFIX}_{self.name}"


def _fleet(name: str, text: str, *labels: str, unit: str = "") -> Family:
    return Family(name, Type.GAUGE, labels, text, unit)


def _site(name: str, text: str, *labels: str, unit: str = "") -> Family:
    return Family(f"subcloud_{name}", Type.GAUGE, (*SITE, *labels), text, unit)


def _process(name: str, kind: Type, text: str, *labels: str, unit: str = "") -> Family:
    return Family(name, kind, labels, text, unit, Of.PROCESS)


FAMILIES = (
    # ---- each site
    _site("info", "What the site is, its release with patches where Git says software; always 1.", "mode", "system_mode", "release"),
    _site("in_sync", "1 while the site has all that Git says, by the last verdict."),
    _site("reachable", "1 while the site answers."),
    _site("observation_timestamp_seconds", "When the site was last read.", unit="seconds"),
    _site(
        "drift_fields",
        "Fields of the site that moved away from Git, but for those that are quiet; only what is not zero.",
        "area",
        "severity",
    ),
    _site(
        "drift_info",
        "Of each severity the field that moved away first, and where Git says otherwise; always 1.",
        "severity",
        "field",
        "origin",
    ),
    _site("drift_since_timestamp_seconds", "The first look that showed the oldest of them.", unit="seconds"),
    _site("drift_flapping", "Fields that come and go; only what is not zero."),
    _site(
        "pending_changes",
        "Fields in which Git moved and the site has not followed; only what is not zero.",
        "area",
        "disruption",
    ),
    _site("pending_since_timestamp_seconds", "The first look that showed the oldest of them.", unit="seconds"),
    _site("failed_fields", "Fields that were sent and did not go through; only what is not zero."),
    _site("unverified_fields", "Fields that are stored and not known to be applied; only what is not zero."),
    _site("ignored_fields", "Fields that differ and do not count, by a rule; only what is not zero."),
    _site("ignore_expiry_timestamp_seconds", "The first end of a rule that takes a field out.", unit="seconds"),
    _site(
        "converged_commit_timestamp_seconds",
        "When the newest commit was authored all of which the site has had.",
        unit="seconds",
    ),
    _site("held_timestamp_seconds", "Since when a gate keeps a plan, or a part of it, back.", "gate", unit="seconds"),
    _site("in_rollout", "1 while the site is in the wave of a rollout that goes."),
    _site("applying", "1 while a plan is being sent to the site."),
    _site("locked_hosts", "Hosts that we locked and that are not back; only where any."),
    _site("window_deadline_timestamp_seconds", "When the first of them is to be back.", unit="seconds"),
    _site(
        "condition_timestamp_seconds",
        "Since when a host of the site is stuck on its way out of service or back; only while one is.",
        "condition",
        unit="seconds",
    ),
    _site("alarms", "Alarms that stand at the site, as it says them, or as dcmanager counts them; only what is not zero.", "alarm_severity"),
    _site("alarms_affecting_management", "Those that the platform counts against an orchestrated change; only what is not zero."),
    _site("dark_hosts", "Hosts of a site that answers nobody, by the power that their controllers say; only what is not zero.", "power"),
    _site(
        "ailing_hosts",
        "Hosts that their own controllers rate as not well, or unknown where one gave no answer, where Git says what it should be.",
        "board_health",
    ),
    Family(
        "certificate_expiry_timestamp_seconds",
        Type.GAUGE,
        (*SITE, "type"),
        "When the platform's certificate of a type ends that ends first; only from `certificates.warnBefore` on, and once it has.",
        "seconds",
    ),
    Family(
        "backup_last_success_timestamp_seconds",
        Type.GAUGE,
        SITE,
        "When the last backup of the site went well; 0 where none did; only where Git wants backups, or one was made.",
        "seconds",
    ),
    Family(
        "backup_late_timestamp_seconds",
        Type.GAUGE,
        SITE,
        "Since when a backup of the site is late, by its schedule; only while one is.",
        "seconds",
    ),
    # ---- the fleet
    _fleet("subclouds", "Sites by group and state.", "group", "state"),
    _fleet("hosts", "Hosts by group and health, as last seen.", "group", "health"),
    _fleet("drift_causes", "Distinct changes that drifted, by area.", "area"),
    _fleet("drift_cause_subclouds_max", "Sites that the widest of them reaches."),
    _fleet("drift_quiet_fields", "Fields that moved away and call nobody, by why.", "group", "quiet"),
    _fleet("coverage_ratio", "Share of what sites show that Git says, by area.", "area", unit="ratio"),
    _fleet(
        "breaker_failures",
        "Sites whose plans failed one after another since one went well, of a group, or of the fleet (group is empty).",
        "group",
    ),
    _fleet(
        "breaker_opened_timestamp_seconds",
        "Since when nothing new is begun in a group, or in the fleet (group is empty); only while its breaker is open.",
        "group",
        unit="seconds",
    ),
    _fleet("hosts_out", "Hosts out of service for plans, or about to be, of a group, or of the fleet (group is empty).", "group"),
    _fleet("hosts_out_max", "How many of them may be at a time; only where that is bounded.", "group"),
    _fleet("drift_alarms", "Alarms of ours that stand on the system controller, as they were looked at last; only where they are wanted."),
    _fleet(
        "drift_alarms_failing_timestamp_seconds",
        "Since when they cannot be made what they should be; only while that is so.",
        unit="seconds",
    ),
    _fleet("rollouts_active", "Rollouts that have a say on a site still."),
    _fleet("rollout_sites", f"Sites of a rollout by how far they are; of the {MOST} newest that are active.", "rollout", "state"),
    _fleet("rollout_held", "1 for why nobody further goes with it, else 0.", "rollout", "why"),
    _fleet("rollout_started_timestamp_seconds", "When its commit came.", "rollout", unit="seconds"),
    _fleet("rollout_wave", "The number of the wave that goes, from 1.", "rollout"),
    _fleet(
        "rollout_expected_end_timestamp_seconds", "When it is likely to end; none while it is stopped.", "rollout",
        unit="seconds",
    ),
    _fleet(
        "forecast_error_ratio",
        "By what share the rollout that ended last took longer than was forecast when it began; below 0 if less long.",
        unit="ratio",
    ),
    _fleet(
        "strategy_subclouds",
        "Sites that go by a strategy of dcmanager's that is ours, or wait for one (type is empty).", "type", "turn",
    ),
    _fleet(
        "strategy_waiting_timestamp_seconds", "Since when the first of those that wait for one does; only while one does.",
        unit="seconds",
    ),
    _fleet("validation_errors", "Sites whose files the head has are refused."),
    _fleet("ignore_rules_expired", "Rules of Git that have ended and stand there still."),
    _fleet("metrics_truncated", "0: all is told. 1 to 4: the cap on series took splits away, then what is of sites."),
    # ---- one group's hosts
    Family(
        "host_drift_fields",
        Type.GAUGE,
        (*SITE, "host", "area"),
        "Fields of one host that moved away from Git; only what is not zero.",
        of=Of.HOSTS,
    ),
    # ---- each process
    _process("build_info", Type.GAUGE, "What runs; always 1.", "version", "python"),
    _process("leader", Type.GAUGE, "1 where this replica tells of the fleet."),
    _process("git_head_timestamp_seconds", Type.GAUGE, "When the head was authored.", unit="seconds"),
    _process(
        "git_last_fetch_timestamp_seconds", Type.GAUGE, "When the repository was last looked at and answered.",
        unit="seconds",
    ),
    _process("queue_depth", Type.GAUGE, "Sites that are due and wait, by lane.", "lane"),
    _process("queue_oldest_seconds", Type.GAUGE, "For how long the first of them has been due.", "lane", unit="seconds"),
    _process("workers_busy", Type.GAUGE, "Visits under way, by whose workers they take.", "crowd"),
    _process("breakers_open", Type.GAUGE, "Sites that failed so often that they are left alone for longer."),
    _process(
        "reconcile_duration_seconds", Type.HISTOGRAM, "Time spent in each stage of a visit to a site.", "stage",
        unit="seconds",
    ),
    _process(
        "remote_request_duration_seconds", Type.HISTOGRAM, "Time until a request to a site's API was answered, or was not.",
        "service", "verb", unit="seconds",
    ),
    _process(
        "remote_requests", Type.COUNTER,
        "Requests sent to the APIs of sites, by class of answer (2xx, 4xx, 5xx) or why there was none.",
        "service", "verb", "code_class",
    ),
    _process(
        "board_call_duration_seconds", Type.HISTOGRAM,
        "Time until a host's board management controller had done what it was asked for, or had not.", "verb", unit="seconds",
    ),
    _process(
        "board_calls", Type.COUNTER, "Calls to hosts' board management controllers, by what came of them: ok, or its trouble.",
        "verb", "end",
    ),
    _process("apply_steps", Type.COUNTER, "Changes that plans were to make, by what became of them.", "area", "action", "result"),
    _process("applies", Type.COUNTER, "Plans that were sent, by how they ended.", "result"),
    _process("apply_duration_seconds", Type.HISTOGRAM, "Time from the first call of a plan to its end.", "disruption", unit="seconds"),
    _process("host_disruptions", Type.COUNTER, "Hosts taken out of service by plans, by what that cost them.", "disruption"),
    _process("visits", Type.COUNTER, "Visits to sites, by the state that they found.", "state"),
    _process("drift_detected", Type.COUNTER, "Fields that began to drift.", "area", "severity"),
    _process("drift_resolved", Type.COUNTER, "Fields that drift, or wait for a commit, no more, by how that ended.", "area", "how"),
    _process("git_fetches", Type.COUNTER, "Looks at the repository, by what became of them.", "result"),
    _process("git_fetch_duration_seconds", Type.HISTOGRAM, "Time that a look at the repository took.", unit="seconds"),
    _process("webhook_events", Type.COUNTER, "Deliveries of forges, by what became of them.", "forge", "result"),
    _process(
        "drift_alarm_calls", Type.COUNTER,
        "Calls to the Fault Management of the system controller for them, by whether they went well.", "call", "result",
    ),
    _process(
        "notifications", Type.COUNTER,
        "Notices for each notifier, by what became of them: sent, refused, undelivered, crowded_out.", "notifier", "result",
    ),
)  # fmt: skip
KNOWN = {family.name: family for family in FAMILIES}
