"""Certificates that the platform keeps (starlingx/config api/controllers/v1/certificate.py, conductor/manager.py).

Listing is recorded, of a system that has none. Installing and deleting are unverified: written from the source, with
its refusals, which come as ``error`` under a 200. ``details`` is never filled in there, nor is ``issuer``.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha1
from itertools import pairwise
from typing import TYPE_CHECKING

from reconciler.model import x509
from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.forms import File, Form
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.subjects import in_text
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("certificates")

CERTIFICATES = family.collection(
    Collection(
        "certificate",
        key="certificates",
        columns="uuid certtype issuer signature details start_date expiry_date subject hash_subject",
        links="certificates",
    )
)
TRUSTED = "ssl_ca"
MODES = ("ssl", TRUSTED, "docker_registry", "openstack", "openstack_ca", "openldap", "openldap_ca")
# cert-manager's Secrets in the namespace `deployment`, which bootstrap makes (common/constants.py)
OF_CERT_MANAGER = {
    "ssl": "system-restapi-gui-certificate",
    "docker_registry": "system-registry-local-certificate",
    "openldap": "system-openldap-local-certificate",
}
ABANDONED = "not-of-cert-manager:"
"""A mark, with a type: somebody deleted its Certificate and its Secret."""
CHAINED = ("ssl", "docker_registry", "openstack", "openldap")
KEYED = (*CHAINED, "openldap_ca")


class _RefusedError(Exception):
    """What the handler answers under a 200."""


@family.on("GET", "/certificate/{uuid}")
def show(system: System, call: Call) -> Row:
    return shown(system, CERTIFICATES, _one(system, call["uuid"]), call)


@family.on("POST", "/certificate/certificate_install")
def install(system: System, call: Call) -> Row:
    form: Form = call.body
    file, mode = form.files["file"], form.fields.get("mode") or "ssl"
    try:
        found, too_late = _checked(system, mode, file, forced=form.fields.get("force") == "true")
    except _RefusedError as refusal:
        return {"success": "", "error": str(refusal)}
    rows = [_stored(system, mode, one) for one in found if not (mode in CHAINED and one.is_authority)]
    _reach_hosts(system, mode)
    return {"success": "", "error": "\n".join(too_late), "body": "", "certificates": rows}


@family.on("DELETE", "/certificate/{uuid}")
def delete(system: System, call: Call) -> Row:
    row = _one(system, call["uuid"])
    if row["certtype"] != TRUSTED:
        raise refuse(
            f"Unsupported mode: {row['certtype']}\nPlease use certificate-install"
            " instead to update the existing certificate"
        )
    system.tables.delete("certificate", row["uuid"])
    _reach_hosts(system, TRUSTED)
    return shown(system, CERTIFICATES, row, call)


def _one(system: System, uuid: str) -> Row:
    row = system.tables.find("certificate", uuid_argument("uuid", uuid))
    if row is None:
        raise refuse(f"No certificate found for {uuid}")
    return row


# ---- what is refused


def _checked(
    system: System, mode: str, file: File, *, forced: bool
) -> tuple[tuple[x509.Certificate, ...], tuple[str, ...]]:
    """The certificates that are taken, and what is said of the others of a bundle."""
    if mode not in MODES:
        raise _RefusedError(f"Invalid mode: {mode}")
    _check_manager(system, mode, forced=forced)
    if not file.name:
        raise _RefusedError("Error: No file uploaded")
    try:
        found = x509.certificates(file.content)
    except ValueError:
        raise _RefusedError("No certificates have been added, Failed to load pem x509 certificate") from None
    if not found:
        raise _RefusedError("No certificates have been added, no valid certificates found in file.")
    taken, too_late = _valid(system, found)
    _check_chain(mode, taken)
    _check_domain(system, mode)
    if mode in KEYED and not x509.has_private_key(file.content):
        raise _RefusedError("Error loading private key from PEM data: Could not deserialize key data.")
    return taken, too_late


def _check_manager(system: System, mode: str, *, forced: bool) -> None:
    secret = OF_CERT_MANAGER.get(mode)
    if secret and not forced and f"{ABANDONED}{mode}" not in system.marks:
        raise _RefusedError(
            "Certificate is currently being managed by cert-manager. \nTo manage certificate with this command,"
            f" first delete the {secret} Certificate and Secret."
        )


def _valid(system: System, found: tuple[x509.Certificate, ...]) -> tuple[tuple[x509.Certificate, ...], tuple[str, ...]]:
    now = system.timeline.clock()
    taken: list[x509.Certificate] = []
    told: list[str] = []
    for number, one in enumerate(found, 1):
        if one.not_before < now < one.not_after:
            taken.append(one)
            continue
        text = f"certificate is not valid before {_plain(one.not_before)} nor after {_plain(one.not_after)}"
        if len(found) == 1:
            raise _RefusedError(text)
        told.append(f"Error with cert number {number} in the file: {text}")
    return tuple(taken), tuple(told)


def _check_chain(mode: str, found: tuple[x509.Certificate, ...]) -> None:
    if mode == TRUSTED and not all(one.is_authority for one in found):
        raise _RefusedError("Cannot install non-CA type certificate as SSL CA certificate")
    if mode not in CHAINED:
        return
    if found and found[0].is_authority:
        raise _RefusedError("The first cert in the file should not be a CA cert")
    for number, (lower, upper) in enumerate(pairwise(found), 2):
        if not upper.is_authority:
            raise _RefusedError(f"Number {number} cert in the file should be a CA cert")
        if upper.subject != lower.issuer:
            raise _RefusedError(
                f"Number {number} cert in the file is not signing cert of the preceding one."
                " Check certs order in the file."
            )


def _check_domain(system: System, mode: str) -> None:
    names = {"service": "openstack", "section": "helm", "name": "endpoint_domain"}
    if mode == "openstack" and system.tables.first("service_parameter", **names) is None:
        raise _RefusedError(f"Service parameter for {', '.join(names.values())} is not provisioned")


# ---- what becomes of it


def _stored(system: System, mode: str, one: x509.Certificate) -> Row:
    """An authority has a row of its own, and takes the place of one of the same subject; the others one for a type."""
    values = {
        "certtype": mode,
        "signature": f"{mode}_{one.serial}"[:255],
        "start_date": one.not_before.isoformat()[:19],
        "expiry_date": one.not_after.isoformat()[:19],
        "subject": in_text(one.subject),
        "hash_subject": _hash(one.subject),
    }
    if mode == TRUSTED:
        _drop_older(system, values)
    known = {"signature": values["signature"]} if mode == TRUSTED else {"certtype": mode}
    if (row := system.tables.first("certificate", **known)) is not None:
        return system.update("certificate", row["uuid"], **values)
    return system.insert("certificate", **values, issuer=None, details=None)


def _drop_older(system: System, values: Row) -> None:
    for row in system.tables.rows("certificate", certtype=TRUSTED, hash_subject=values["hash_subject"]):
        if row["signature"] != values["signature"]:
            system.tables.delete("certificate", row["uuid"])


def _hash(subject: bytes) -> str:
    """A number for a name, as text. OpenSSL's is over another form of the name: this one tells no less."""
    return str(int.from_bytes(sha1(subject, usedforsecurity=False).digest()[:4], "little"))


def _reach_hosts(system: System, mode: str) -> None:
    """An authority goes to every host, what a service shows to the controllers, the local issuer to none."""
    if mode == TRUSTED:
        config.mark_out_of_date(system, system.hosts())
    elif mode != "openldap_ca":
        config.mark_out_of_date(system, config.controllers(system))


def _plain(time: datetime) -> str:
    return time.isoformat(" ")[:19]
