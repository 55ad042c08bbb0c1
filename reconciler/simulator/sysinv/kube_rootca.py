"""The certificate authority of Kubernetes, and its renewal phase by phase (api/controllers/v1/kube_rootca_update.py).

No recording covers it: written from starlingx/config at b62963d4 and stx-puppet's kubernetes.pp, and unverified. Until the
hosts trust the new certificate alone the old one stands first in the file that is listed; of `get_all_certs` there is no
other certificate here. Marks on the system make something go wrong once:

    rootca-host-fails:<phase>:<host>    as `rootca-host-fails:update-certs:controller-1`
    rootca-pods-fail:<phase>            pods do not come back, as `rootca-pods-fail:trust-both-cas`
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv.facts import is_active_controller
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("kube_rootca")

UPDATES = family.collection(
    Collection(
        "kube_rootca_update",
        key="kube_rootca_updates",
        columns="uuid from_rootca_cert to_rootca_cert state capabilities created_at updated_at",
    )
)
TABLE, HOSTS, AUTHORITY = "kube_rootca_update", "kube_rootca_host_update", "kube_rootca"
STARTED, GENERATED = "update-started", "update-new-rootca-cert-generated"
ABORTED, COMPLETED = "update-aborted", "update-completed"
BOTH, CERTS, NEW = "trust-both-cas", "update-certs", "trust-new-ca"
BEFORE = {
    f"host-{BOTH}": GENERATED,
    f"pods-{BOTH}": f"updated-host-{BOTH}",
    f"host-{CERTS}": f"updated-pods-{BOTH}",
    f"host-{NEW}": f"updated-host-{CERTS}",
    f"pods-{NEW}": f"updated-host-{NEW}",
}
"""Each phase, and the state behind which it may begin."""
TEN_YEARS = timedelta(days=3652)
SUBJECT = re.compile(r"([^=]+)=([^=]+)(?:\s|$)")


def authority(system: System) -> Row:
    """The row of the certificate; a fresh system's is of ten years, as kubeadm makes it."""
    row = system.tables.first(AUTHORITY)
    return row or renew(system, system.timeline.start, system.timeline.start + TEN_YEARS)


def renew(system: System, begins: datetime, ends: datetime, subject: str = "CN=kubernetes") -> Row:
    """Put another certificate in place."""
    for row in system.tables.rows(AUTHORITY):
        system.tables.delete(AUTHORITY, row["uuid"])
    times = {"begins": begins.replace(microsecond=0).isoformat(), "ends": ends.replace(microsecond=0).isoformat()}
    number = len(system.tables.rows(HOSTS)) + int(begins.timestamp())
    return system.insert(AUTHORITY, **times, subject=subject, serial=number)


def current(system: System) -> Row | None:
    return system.tables.first(TABLE)


def host_states(system: System) -> dict[str, str | None]:
    return {row["hostname"]: row["state"] for row in system.tables.rows(HOSTS)}


# ---- what is shown


@family.on("GET", "/certificate/get_all_certs")
def list_certificates(system: System, call: Call) -> Row:
    """Common/utils.py get_cert_values; times in UTC, and the time that is left in whole days."""
    row = authority(system)
    begins, ends = (datetime.fromisoformat(row[name]) for name in ("begins", "ends"))
    told = {
        "Residual Time": f"{(ends - system.timeline.clock()).days}d",
        "Version": "v3",
        "Serial Number": hex(row["serial"]),
        "Issuer": row["subject"],
        "Validity": {"Not Before": f"{begins:%B %d %H:%M:%S %Y}", "Not After": f"{ends:%B %d %H:%M:%S %Y}"},
        "Subject": row["subject"],
        "X509v3 extensions": {"X509v3 Basic Constraints": {"CA": True, "critical": True}},
        "File Path": "/etc/kubernetes/pki/ca.crt",
        "Renewal": "Manual",
    }
    return {"kubernetes-root-ca": told}


@family.on("GET", "/kube_rootca_update/get_cert_id")
def show_identifier(system: System, call: Call) -> Row:
    return {"cert_id": _identifier(authority(system)), "error": ""}


@family.on("GET", "/kube_rootca_update/hosts")
def list_hosts(system: System, call: Call) -> Row:
    if current(system) is None:
        raise refuse("kube-rootca-update-list rejected: No kubernetes root CA update in progress.")
    return {"kube_host_updates": system.tables.rows(HOSTS)}


def _identifier(row: Row) -> str:
    return f"{abs(hash_of(row['subject'])):x}-{row['serial']}"


def hash_of(text: str) -> int:
    """A number for a name, the same in every process."""
    return sum(place * byte for place, byte in enumerate(text.encode(), 1))


# ---- the update, from its start to its end


@family.on("POST", "/kube_rootca_update")
def post(system: System, call: Call) -> Row:
    return shown(system, UPDATES, start(system), call)


def start(system: System) -> Row:
    """One that was given up makes room for the next."""
    there = current(system)
    if there is not None and there["state"] != ABORTED:
        raise refuse("A kubernetes rootca update is already in progress")
    for what, is_there in (("platform", deploys.state(system)), ("kube", system.tables.first("kube_upgrade"))):
        if is_there:
            raise refuse(f"A kubernetes rootca update cannot be done while a {what} upgrade is in progress")
    if any((h["administrative"], h["operational"]) != ("unlocked", "enabled") for h in system.hosts()):
        raise refuse("System is not healthy. Run 'system health-query-kube-upgrade --rootca' for more details.")
    _clear(system)
    now = _identifier(authority(system))
    for host in system.hosts():
        if host["personality"] in {"controller", "worker"}:
            facts = {"hostname": host["hostname"], "personality": host["personality"], "effective_rootca_cert": now}
            system.insert(HOSTS, **facts, target_rootca_cert=None, state=None)
    return system.insert(TABLE, from_rootca_cert=now, to_rootca_cert=None, state=STARTED, capabilities={})


@family.on("POST", "/kube_rootca_update/generate_cert")
def generate_cert(system: System, call: Call) -> Row:
    body = call.body or {}
    return generate(system, body.get("expiry_date"), body.get("subject"))


def generate(system: System, expiry_date: str | None, subject: str | None) -> Row:
    """Valid for as long as the one before it where no day is said; what is wrong with that comes under a 200."""
    until = _until(system, expiry_date)
    name = _subject(subject)
    row = current(system)
    if row is None or row["state"] != STARTED:
        what = "A new root CA certificate already exists" if row else "Kubernetes root CA update not started"
        return {"success": "", "error": what}
    made = {"begins": system.timeline.clock().isoformat(), "ends": until.isoformat(), "subject": name}
    identifier = f"{hash_of(name):x}-{int(system.timeline.clock().timestamp())}"
    system.update(TABLE, row["uuid"], state=GENERATED, to_rootca_cert=identifier, made=made)
    return {"success": identifier, "error": ""}


def _until(system: System, day: str | None) -> datetime:
    now, old = system.timeline.clock(), authority(system)
    if day is None:
        begins, ends = (datetime.fromisoformat(old[name]) for name in ("begins", "ends"))
        return now + timedelta(days=(ends - begins).days)
    try:
        wanted = datetime.fromisoformat(day).replace(tzinfo=now.tzinfo)
    except ValueError:
        raise refuse(f"expiry_date {day} doesn't match format YYYY-MM-DD") from None
    days = (wanted - now).days + 1
    if days <= 1:
        raise refuse("New k8s rootCA should have at least 24 hours of validation before expiry.")
    return now + timedelta(days=days)


def _subject(text: str | None) -> str:
    if text is None:
        return "CN=kubernetes"
    said = dict(SUBJECT.findall(text))
    if not said.keys() <= {"C", "OU", "O", "ST", "CN", "L"}:
        raise refuse("There are parameters not supported for the certificate subject specification.")
    if "CN" not in said:
        raise refuse("The CN=<commonName> parameter is required to be specified in subject argument")
    return ",".join(f"{name}={value}" for name, value in said.items())


@family.on("POST", "/ihosts/{host}/kube_update_ca")
def post_host(system: System, call: Call) -> Row:
    host = system.host(call["host"])
    update_host(system, host, _phase(call.body))
    return next(row for row in system.tables.rows(HOSTS) if row["hostname"] == host["hostname"])


def update_host(system: System, host: Row, phase: str) -> None:
    """One host at a time, in any order; a host is done once in a phase."""
    told = f"kube-rootca-host-update phase {phase} rejected"
    row = current(system)
    if row is None:
        raise refuse(f"{told}: No update in progress.")
    own = system.tables.first(HOSTS, hostname=host["hostname"])
    if own is None or f"host-{phase}" not in BEFORE:
        raise refuse(f"Invalid personality {host['personality']} to update kube certificate.")
    going, before = f"updating-host-{phase}", BEFORE[f"host-{phase}"]
    if row["state"] not in {before, going, f"{going}-failed"}:
        raise refuse(
            f"{told}: procedure phase not allowed when cluster update is in state: {row['state']}"
            f" (only allowed when in state: {before})."
        )
    for name, state in host_states(system).items():
        if state == going:
            raise refuse(f"{told}: procedure phase in progress on host {name}")
    if own["state"] == f"updated-host-{phase}":
        raise refuse(f"{told}: procedure phase already completed on host {host['hostname']}")
    system.update(TABLE, row["uuid"], state=going)
    system.update(HOSTS, own["uuid"], state=going, target_rootca_cert=row["to_rootca_cert"])
    system.after(system.durations.rootca_host, _host_done, own["uuid"], phase)


def _host_done(system: System, uuid: str, phase: str) -> None:
    row, own = current(system), system.tables.find(HOSTS, uuid)
    if row is None or own is None or row["state"] == ABORTED:
        return
    if system.take_mark(f"rootca-host-fails:{phase}:{own['hostname']}") is not None:
        for table, found in ((TABLE, row), (HOSTS, own)):
            system.update(table, found["uuid"], state=f"updating-host-{phase}-failed")
        return
    done = f"updated-host-{phase}"
    effective = {"effective_rootca_cert": row["to_rootca_cert"]} if phase == NEW else {}
    system.update(HOSTS, own["uuid"], state=done, **effective)
    if phase == NEW and is_active_controller(system.host(own["hostname"])):
        made = row["made"]
        renew(system, datetime.fromisoformat(made["begins"]), datetime.fromisoformat(made["ends"]), made["subject"])
    if set(host_states(system).values()) == {done}:
        system.update(TABLE, row["uuid"], state=done)


@family.on("POST", "/kube_rootca_update/pods")
def post_pods(system: System, call: Call) -> Row:
    return shown(system, UPDATES, update_pods(system, _phase(call.body)), call)


def update_pods(system: System, phase: str) -> Row:
    row = current(system)
    if row is None:
        raise refuse("kube-rootca-pods-update rejected: No update in progress.")
    if f"pods-{phase}" not in BEFORE:
        raise refuse(f"kube-rootca-pods-update rejected: phase {phase} not supported.")
    before, failed = BEFORE[f"pods-{phase}"], f"updating-pods-{phase}-failed"
    if row["state"] not in {before, failed}:
        raise refuse(
            f"kube-rootca-pods-update phase {phase} rejected: not allowed when cluster update is in state:"
            f" {row['state']}. (only allowed when in state: {before} or {failed})"
        )
    system.after(system.durations.rootca_pods, _pods_done, phase)
    return system.update(TABLE, row["uuid"], state=f"updating-pods-{phase}")


def _pods_done(system: System, phase: str) -> None:
    row = current(system)
    if row is None or row["state"] == ABORTED:
        return
    fails = system.take_mark(f"rootca-pods-fail:{phase}") is not None
    state = f"updating-pods-{phase}-failed" if fails else f"updated-pods-{phase}"
    system.update(TABLE, row["uuid"], state=state)


@family.on("PATCH", "/kube_rootca_update")
def patch(system: System, call: Call) -> Row:
    wanted = next((item["value"] for item in call.body if item["path"].strip("/") == "state"), None)
    return shown(system, UPDATES, end(system, wanted), call)


def end(system: System, wanted: Any) -> Row:
    """Complete it, which takes its rows away, or give it up, which leaves one. The last of it is never given up."""
    last = f"updated-pods-{NEW}"
    row = current(system)
    if wanted not in {COMPLETED, ABORTED}:
        raise refuse(f"Invalid state {wanted} supplied")
    if row is None:
        raise refuse("kube-rootca-update-complete rejected: No kubernetes root CA update in progress.")
    if wanted == COMPLETED and row["state"] != last:
        raise refuse(
            f"kube-rootca-update-complete rejected: Expect to find cluster update state {last}, not allowed when"
            f" cluster update state is {row['state']}."
        )
    if row["state"] == ABORTED:
        raise refuse("kube-rootca-update-complete rejected: The update has already been aborted.")
    _clear(system, keep=wanted == ABORTED and row["state"] != last)
    given_up = system.tables.find(TABLE, row["uuid"])
    return system.update(TABLE, row["uuid"], state=ABORTED) if given_up else {**row, "state": COMPLETED}


def _clear(system: System, *, keep: bool = False) -> None:
    for table in (HOSTS,) if keep else (HOSTS, TABLE):
        for row in system.tables.rows(table):
            system.tables.delete(table, row["uuid"])


def _phase(body: Any) -> str:
    return str((body or {}).get("phase", "")).lower()
