"""Certificates that the platform keeps: authorities that it trusts, and those of its own services. By key.

A document names a secret, `secrets` of site.yaml says where that is, and what it holds is compared by its signature:
what sysinv calls so is the type and the serial number. A bundle of authorities is one resource each, and one call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated

from reconciler.kinds import _own as own
from reconciler.model import x509
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.expiry import Expiry
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.secret import SecretRef, Upload, digest, joined
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.unshown import Sealed
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/certificate"
TRUSTED = "ssl_ca"  # the one type of which there are several, and that can be deleted
# certificates of services: their own first, then that of who signed it, and so on
CHAINED = frozenset({"ssl", "docker_registry", "openldap", "openstack"})
KEYED = CHAINED | {"openldap_ca"}  # with a private key (conductor manager.py _extract_keys_from_pem)
# made by bootstrap and renewed by cert-manager; the peer passes over them too (system_controller.go)
OF_THE_PLATFORM = frozenset({"ssl", "docker_registry", "openldap"})
TYPES = KEYED | {TRUSTED, "openstack_ca"}  # all that sysinv has (common/constants.py CERT_MODES_SUPPORTED)
LAST_OF_BUNDLE = frozenset({"openldap_ca", "openstack_ca"})  # each one of a bundle is stored in the same row
LONGEST = 255  # characters of a signature
HTTPS = ResourceKey("https", "")
NO_HTTPS = "it holds a private key, and the platform's API does not speak HTTPS: say `system: {https: true}` in site.yaml first"


class Certificate(Spec):
    """`name` is the type, and of an authority (ssl_ca) the signature: there are several. `expires` is UTC."""

    name: Annotated[str, Attr(key=True)]
    type: Annotated[str | None, Attr(send_only=True)] = None
    secret: Annotated[str | None, Attr(send_only=True)] = None
    reference: Annotated[str | None, Attr(send_only=True)] = None
    key_reference: Annotated[str | None, Attr(send_only=True)] = None
    signature: str | None = None
    expires: Annotated[str | None, Attr(send_only=True)] = None
    subject: Annotated[str | None, Attr(send_only=True)] = None
    digest: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Certificate]]:
    for node in site.system.listed("certificates") if site.system else ():
        named, kind = node.get("secret"), node.text("type")
        place = own.secret(site, named)
        yield KIND.declared(
            node,
            name=Given(f"{kind} of {named.value}" if kind == TRUSTED and named else kind),
            type="type",
            secret=named,
            reference=place and place.get("secretRef"),
            key_reference=place and place.get("keyRef"),
        )


def express(resource: Resource[Certificate], snapshot: Snapshot) -> Iterator[Said]:
    """The secret's name, where it is known: a site shows no secret, and what it shows cannot be put into one."""
    spec = resource.spec
    if spec.secret:
        element = Element.by({"type": spec.type, "secret": spec.secret})
        yield Said("System", snapshot.system.name, ("certificates", element))


def withheld(resource: Resource[Certificate], snapshot: Snapshot) -> str:  # noqa: ARG001
    return "" if resource.spec.type in OF_THE_PLATFORM else own.BY_REFERENCE


def places(resource: Resource[Certificate]) -> tuple[str, ...]:
    """The certificate, then its key: the order in which the peer joins them (system_controller.go)."""
    spec = resource.spec
    return tuple(filter(None, (spec.reference, spec.key_reference))) if spec.reference else ()


def opened(resource: Resource[Certificate], texts: tuple[str, ...]) -> Iterator[Resource[Certificate]]:
    """One resource for each authority; of the others that whose row sysinv makes of it."""
    pem = joined(texts)
    kind, found = resource.spec.type or "", x509.certificates(pem)
    if wrong := _wrong(kind, found, pem):
        raise ValueError(wrong)
    shown = found if kind == TRUSTED else found[-1:] if kind in LAST_OF_BUNDLE else found[:1]
    for one in shown:
        signature = f"{kind}_{one.serial}"[:LONGEST]
        values = {"signature": signature, "expires": _day(one.not_after.isoformat()), "digest": digest(pem)}
        name = signature if kind == TRUSTED else kind
        spec = Certificate(**{**resource.spec.model_dump(exclude_unset=True), "name": name, **values})
        yield replace(resource, key=KIND.key(spec), spec=spec)


def _wrong(kind: str, found: Sequence[x509.Certificate], pem: str) -> str:
    """What sysinv would refuse of the text (certificate.py certificate_install)."""
    if not found:
        return "no certificate in PEM form is in it"
    if kind == TRUSTED and not all(one.is_authority for one in found):
        return "a certificate in it is none of an authority, and ssl_ca takes no other"
    if kind in CHAINED and found[0].is_authority:
        return f"the first certificate in it is one of an authority: {kind} wants that of the service first"
    if kind in CHAINED and any(lower.issuer != upper.subject for lower, upper in pairwise(found)):
        return "its certificates are not in order: each one is signed by the next"
    if kind in KEYED and not x509.has_private_key(pem):
        return f"{kind} needs its private key with it: say keyRef beside secretRef, or put it into the same file"
    return ""


def read(rows: Rows) -> Iterator[Resource[Certificate]]:
    for row in rows.all("certificate"):
        spec = Certificate.of(
            name=row.get("signature") if row.get("certtype") == TRUSTED else row.get("certtype"),
            type=row.get("certtype"),
            signature=row.get("signature"),
            expires=_day(row.get("expiry_date")),
            subject=row.get("subject"),
        )
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def _day(time: str | None) -> str | None:
    return time and time[:19].replace(" ", "T")


def expiry(resource: Resource[Certificate]) -> Expiry | None:
    """By its row: the platform shows no certificate itself."""
    spec = resource.spec
    if not spec.expires:
        return None
    try:
        at = datetime.fromisoformat(spec.expires).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None  # a row of a form that nobody knows
    return Expiry(spec.type if spec.type in TYPES else "other", spec.signature or "", at)


def write(changes: Sequence[Change[Certificate]], context: Context) -> Iterator[Call]:  # noqa: ARG001
    """A bundle is installed by one call."""
    bodies: list[Upload] = []
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif (body := _upload(change.want)) not in bodies:
            bodies.append(body)
            yield Call("POST", f"{PATH}/certificate_install", body)


def _upload(spec: Certificate) -> Upload:
    references = filter(None, (spec.reference, spec.key_reference))
    return Upload(tuple(map(SecretRef, references)), {"mode": spec.type or ""}, spec.digest or "")


def impossible(change: Change[Certificate], context: Context) -> str:
    """A private key goes over HTTPS alone, as with the peer; an expired certificate would be refused."""
    spec, https = change.want, context.observed.resources.get(HTTPS)
    if spec.type in KEYED and https and https.spec.is_enabled is False:
        return NO_HTTPS
    if _is_past(spec.expires, context):
        return f"it was valid until {spec.expires} and the platform refuses it: put a newer one where its secret is"
    return ""


def _is_past(expires: str | None, context: Context) -> bool:
    """By the time of the reading: nothing here knows another."""
    taken = context.observed.taken_at
    return bool(expires and taken and expires <= datetime.fromtimestamp(taken, UTC).isoformat()[:19])


def refused(change: Change[Certificate], context: Context) -> str:  # noqa: ARG001
    return "" if change.spec.type == TRUSTED else "the platform deletes ssl_ca certificates alone: install another one"


KIND = ResourceKind(
    name="certificate",
    spec=Certificate,
    area=Area.SYSTEM,
    collections=("certificate",),
    declare=declare,
    express=express,
    withheld=withheld,
    built_in=lambda resource, _snapshot: resource.spec.type in OF_THE_PLATFORM,
    read=read,
    write=write,
    impossible=impossible,
    expiry=expiry,
    # ssl_ca: containerd, docker and sssd of every host; the others: haproxy, Horizon, the registry or Keystone
    disruption=Disruption.SERVICE,
    after=("https",),
    deletion=Deletion(refused=refused, effect="no host trusts it any more; containerd, docker and sssd restart"),
    sealed=Sealed(places, opened, ("signature", "expires", "digest")),
    is_stored_first=True,
    documents=("System.spec.certificates",),
    about=About(
        places={
            "name": "type secret",
            "type": "type",
            "secret": "secret",
            "reference": "Site.secrets.secretRef",
            "key_reference": "Site.secrets.keyRef",
        },
        words={
            "name": "the type; of an authority (ssl_ca) its signature",
            "signature": "type and serial number of what the secret holds, and of what is installed; this is compared",
            "expires": "until when it is valid, UTC; a newer one is taken, one that is past is refused",
            "subject": "whose certificate it is, as the platform shows it",
            "digest": "SHA-256 of what the plan was made with: nothing else is sent",
        },
        calls=(f"POST {PATH}/certificate_install", f"DELETE {PATH}/{{uuid}}"),
        costs=(
            "Service: an authority restarts containerd, docker and sssd on every host; ssl reloads haproxy and Horizon, "
            "docker_registry the registry, openldap the directory, openstack and openstack_ca Keystone's endpoint. "
            "An authority of the same subject is replaced by the platform itself. ssl, docker_registry and openldap are "
            "cert-manager's on current releases, and refused while their Certificate and Secret are there. "
            "What the system controller has of ssl_ca and openstack_ca, its dcorch brings to every managed subcloud: one of "
            "these comes back after it is deleted. Installing and deleting are written from the source and unverified: no recording has them."
        ),
        sources=(
            "sysinv api/controllers/v1/certificate.py certificate_install, delete",
            "sysinv conductor/manager.py config_certificate, delete_certificate",
            "stx-puppet modules/platform/manifests/config.pp platform::config::certs::ssl_ca",
            "distcloud dcorch/engine/sync_services/sysinv.py SYNC_CERTIFICATES",
            "deployment-manager internal/controller/system/system_controller.go ReconcileCertificates",
        ),
    ),
)
