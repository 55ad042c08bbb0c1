"""Which processor mitigations the kernels of the hosts run with: taken up at their next lock and unlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption

# what is stored, and shown -> what is said (sysinv common/constants.py SYSTEM_SECURITY_FEATURE_SPECTRE_MELTDOWN_*)
SAID = {"nopti nospectre_v2 nospectre_v1": "spectre_meltdown_v1", "": "spectre_meltdown_all"}


class SecurityFeature(Spec):
    """spectre_meltdown_v1 or spectre_meltdown_all; kernel options that have no such name stand as they are."""

    name: str | None = None


def declare(site: Site) -> Iterator[Resource[SecurityFeature]]:
    if said := own.system(site, "securityFeature"):
        yield KIND.declared(said, name=said)


def express(resource: Resource[SecurityFeature], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    if resource.spec.name in SAID.values():
        yield from KIND.said(resource, own.place(), {"name": "securityFeature"})


def read(rows: Rows) -> Iterator[Resource[SecurityFeature]]:
    for row in rows.all("isystems"):
        options = row.get("security_feature")
        spec = SecurityFeature.of(name=None if options is None else SAID.get(options, options))
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[SecurityFeature]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return (own.system_patch({"security_feature": change.want.name}) for change in changes)


def settles(change: Change[SecurityFeature], context: Context) -> Iterator[str]:  # noqa: ARG001
    """Every host that was in service (conductor update_security_feature_config)."""
    return (h.name for h in context.system.hosts.values() if h.is_provisioned)


def disruption(change: Change[SecurityFeature], context: Context) -> Disruption:
    return Disruption.LOCK if any(settles(change, context)) else Disruption.NONE


KIND = ResourceKind(
    name="security-feature",
    spec=SecurityFeature,
    area=Area.SYSTEM,
    collections=("isystems",),
    declare=declare,
    express=express,
    usual={"name": "spectre_meltdown_v1"},
    read=read,
    write=write,
    settles=settles,
    disruption=disruption,
    documents=("Site.system.securityFeature",),
    about=About(
        places={"name": "."},
        calls=(f"PATCH {own.ISYSTEMS}/{{uuid}}",),
        costs="Lock: every host takes it up at its next lock and unlock.",
        sources=(
            "sysinv api/controllers/v1/system.py patch",
            "sysinv conductor/manager.py update_security_feature_config",
        ),
    ),
)
