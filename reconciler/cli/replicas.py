"""`stxr replicas`: who works on the sites of a database, who leads, and whose each site is. From the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, Sites, State
from reconciler.cli.status import in_words
from reconciler.engine.crew_report import crew_json, leader_of, live_of
from reconciler.model.errors import ConfigError
from reconciler.model.replica import Replica, owner
from reconciler.store import Crewed, crew_of

FEW = 8  # sites in work, of one replica, that are named


def replicas(sites: Sites = None, state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Show the replicas that share a database: who is there, who leads, what each works on. For sites: whose each is."""
    found = crew_of(state, database)
    if missing := sorted(set(sites or ()) - set(found.sites)):
        raise ConfigError(f"nothing is known of {', '.join(missing)}: not looked at yet, or no site of this database")
    if show is Format.JSON:
        shown.as_json(crew_json(found, sites or found.sites))
        return
    for line in site_lines(found, sites) if sites else replica_lines(found):
        typer.echo(line)


def replica_lines(found: Crewed) -> Iterator[str]:
    """A table without frames."""
    if not found.replicas:
        yield "one process, alone: replicas are told of in the database that they share (--database)"
        return
    counted = Counter(owner(site, live_of(found)) for site in found.sites)
    rows = [_row(replica, found, counted[replica.name]) for replica in found.replicas]
    header = ("REPLICA", "STATE", "HEARD", "SITES", "PROCESS", "WORKS ON")
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header) - 1)]
    for row in [header, *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()


def site_lines(found: Crewed, sites: list[str]) -> Iterator[str]:
    """Of each site who looks at it, and who works on it now."""
    works = {lease.site: lease for lease in found.leases}
    for site in sites:
        whose = owner(site, live_of(found)) or "nobody's: no replica is there"
        now = f"; {works[site].replica} works on it since {in_words(works[site].held_s)}" if site in works else ""
        yield f"{site}: {whose}{now}"


def _row(replica: Replica, found: Crewed, sites: int) -> tuple[str, ...]:
    works = sorted(lease.site for lease in found.leases if lease.session == replica.session and lease.site)
    more = f" and {len(works) - FEW} more" if len(works) > FEW else ""
    return (
        replica.name,
        _state(replica, found),
        f"{in_words(replica.silent_s)} ago",
        str(sites) if replica.is_live else "-",
        f"{replica.pid} on {replica.host}",
        ", ".join(works[:FEW]) + more or "-",
    )


def _state(replica: Replica, found: Crewed) -> str:
    if not replica.is_live:
        return "gone"
    return "leader" if leader_of(found.leases) == replica.name else "follower"
