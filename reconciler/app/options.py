"""What an operator can turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from reconciler.apply import Pace
from reconciler.clients import Oidc
from reconciler.clients.forges import ForgeFile
from reconciler.clients.http import Limits as Lines
from reconciler.engine.backups import ROUND_S
from reconciler.engine.batch_world import GATHER_S
from reconciler.engine.dark import DARK_S
from reconciler.engine.due import Schedule
from reconciler.engine.replicas import Times
from reconciler.engine.sinks.alarming import LOOK_S
from reconciler.engine.tidying import Keep
from reconciler.sources.verify import Trust
from reconciler.telemetry.sight import MAX_SERIES


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the API listens and what opens it. Port 0 takes a free one.

    webhook_secrets: what forges sign their deliveries with; any of them opens. oidc: whose tokens open the API too.
    """

    host: str
    port: int
    token: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    oidc: Oidc | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Everything that an operator can turn.

    database: PostgreSQL's URL; "" for SQLite in the state folder. replica: a name that a restarted process has again.
    at_once: plans that are sent at a time over the whole fleet. notifications: the file that says who is told.
    replicas: how many of these are meant to run. keep: for how long what is over is known.
    lines: how long a site is given to answer. forge: where pull requests are; none is followed without.
    backups_s: between two looks at which backups are due.
    gather_s: how long what a site asks of dcmanager's strategies waits for others that want the same.
    boards_s: between two looks at the power of a dark site's hosts.
    max_series: of the metrics that tell of the fleet. alarms_s: between two looks at our alarms on the system controller.
    """

    repo: str
    root: str
    endpoints: Path
    state: Path
    listen: Listen
    branch: str = ""
    schedule: Schedule = field(default_factory=Schedule)
    pace: Pace = field(default_factory=Pace)
    poll_s: float = 60.0
    trust: Trust = field(default_factory=Trust)
    quiet: bool = False
    database: str = ""
    replica: str = "stxr-0"
    at_once: int | None = None
    workflow_poll_s: float = 1.0
    replicas: int = 1
    max_series: int = MAX_SERIES
    times: Times = field(default_factory=Times)
    notifications: Path | None = None
    alarms_s: float = LOOK_S
    boards_s: float = DARK_S
    backups_s: float = ROUND_S
    gather_s: float = GATHER_S
    keep: Keep = field(default_factory=Keep)
    lines: Lines = field(default_factory=Lines)
    forge: ForgeFile | None = None
