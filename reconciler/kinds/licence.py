"""The platform's licence: one file. A document names a secret, and `secrets` of site.yaml says where that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.secret import SecretRef, Upload, digest, joined
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.unshown import Sealed
from reconciler.model.words import Area

PATH = "/v1/license"
DOCUMENT = {"secret": "secret"}


class Licence(Spec):
    """The platform shows the whole file; only its digest is kept, on either side."""

    secret: Annotated[str | None, Attr(send_only=True)] = None
    reference: Annotated[str | None, Attr(send_only=True)] = None
    digest: str | None = None


def declare(site: Site) -> Iterator[Resource[Licence]]:
    if said := site.system.get("license") if site.system else None:
        place = own.secret(site, said.get("secret"))
        yield KIND.declared(said, **DOCUMENT, reference=place and place.get("secretRef"))


def express(resource: Resource[Licence], snapshot: Snapshot) -> Iterator[Said]:
    """The secret's name, where it is known: what a site shows is not put into one."""
    if resource.spec.secret:
        yield from KIND.said(resource, Said("System", snapshot.system.name, ("license",)), DOCUMENT)


def withheld(resource: Resource[Licence], snapshot: Snapshot) -> str:  # noqa: ARG001
    return own.BY_REFERENCE if resource.spec.digest else ""


def places(resource: Resource[Licence]) -> tuple[str, ...]:
    return (resource.spec.reference,) if resource.spec.reference else ()


def opened(resource: Resource[Licence], texts: tuple[str, ...]) -> Iterator[Resource[Licence]]:
    said = resource.spec.model_dump(exclude_unset=True)
    yield replace(resource, spec=Licence(**{**said, "digest": digest(joined(texts))}))


def read(rows: Rows) -> Iterator[Resource[Licence]]:
    """A site without one shows no content, and an error beside it that says so."""
    for row in rows.all("license"):
        yield Resource(ResourceKey(KIND.name, ""), Licence.of(digest=row.get("content") or None))


def write(changes: Sequence[Change[Licence]], context: Context) -> Iterator[Call]:  # noqa: ARG001
    for change in changes:
        spec = change.want
        yield Call("POST", f"{PATH}/install_license", Upload(SecretRef(spec.reference or ""), digest=spec.digest or ""))


KIND = ResourceKind(
    name="licence",
    spec=Licence,
    area=Area.SYSTEM,
    collections=("license",),
    declare=declare,
    express=express,
    withheld=withheld,
    read=read,
    write=write,
    deletion=Deletion(never="the platform takes another licence, and never none: the site keeps it"),
    sealed=Sealed(places, opened, ("digest",)),
    is_stored_first=True,
    documents=("System.spec.license",),
    about=About(
        places={**DOCUMENT, "reference": "Site.secrets.secretRef"},
        words={"digest": "SHA-256 of the file, however its lines end; this is compared"},
        calls=(f"POST {PATH}/install_license",),
        costs=(
            "None: the file is put on the controllers. A platform with a verifier of its own may refuse it. "
            "Installing is written from the source and unverified: no recording has it."
        ),
        sources=(
            "sysinv api/controllers/v1/license.py",
            "sysinv conductor/manager.py install_license_file",
            "deployment-manager internal/controller/system/system_controller.go ReconcileLicense",
        ),
    ),
)
