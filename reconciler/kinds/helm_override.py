"""What Git says of one chart of an application: values over the chart's own, and whether it is on. By key.

The values are one document, said whole: the platform keeps it as one, and takes it up when the application is applied
next. Nothing shows whether it was: it is applied once more after a change, in the same plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from reconciler.kinds import _applications as applications
from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.helm_values import filled, has_digest, parsed, references
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.secret import Document, SecretRef, digest
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.unshown import Sealed
from reconciler.model.words import Area, Disruption

PATH = "/v1/helm_charts"
CHARTS = "charts"
WITHHELD = "a secret stands in its values, and is not written: give it by reference (secretRef), and say the others"


class HelmOverride(Spec):
    """`name` is application/chart/namespace. `values` has a digest for each secret; `sent` says where the secrets are."""

    name: Annotated[str, Attr(key=True)]
    is_enabled: bool | None = None
    values: Mapping[str, Any] | None = None
    application: Annotated[str | None, Attr(send_only=True, refers_to=applications.APPLICATION)] = None
    chart: Annotated[str | None, Attr(send_only=True)] = None
    namespace: Annotated[str | None, Attr(send_only=True)] = None
    sent: Annotated[Mapping[str, Any] | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[HelmOverride]]:
    for name, node in applications.said(site):
        charts = node.get(CHARTS)
        for chart, namespaces in charts.members() if charts else ():
            for namespace, said in namespaces.members():
                yield KIND.declared(
                    said,
                    name=Given(f"{name}/{chart}/{namespace}"),
                    is_enabled="enabled",
                    values="values",
                    application=Given(name),
                    chart=Given(chart),
                    namespace=Given(namespace),
                )


def express(resource: Resource[HelmOverride], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    """Nothing of values with a secret in them, nor of a chart of which nobody said anything."""
    spec = resource.spec
    place = own.place(applications.SECTION, *map(str, (spec.application, CHARTS, spec.chart, spec.namespace)))
    yield place
    if spec.is_enabled is not None:
        yield place.member("enabled").says(spec.is_enabled)
    if spec.values and not has_digest(spec.values):
        yield place.at("values").says(spec.values)


def withheld(resource: Resource[HelmOverride], snapshot: Snapshot) -> str:  # noqa: ARG001
    return WITHHELD if has_digest(resource.spec.values) else ""


def is_usual(resource: Resource[HelmOverride], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return not resource.spec.values and resource.spec.is_enabled is not False


def concerns(resource: Resource[HelmOverride]) -> bool:
    return any(references(resource.spec.values))


def places(resource: Resource[HelmOverride]) -> tuple[str, ...]:
    return tuple(references(resource.spec.values))


def opened(resource: Resource[HelmOverride], texts: tuple[str, ...]) -> Iterator[Resource[HelmOverride]]:
    spec = resource.spec
    told = dict(zip(places(resource), texts, strict=True))
    values = filled(spec.values, lambda reference: digest(told[reference]))
    yield replace(
        resource, spec=HelmOverride(**{**spec.model_dump(exclude_unset=True), "values": values, "sent": spec.values})
    )


def read(rows: Rows) -> Iterator[Resource[HelmOverride]]:
    for row in rows.all("helm_overrides"):
        keys = {name: row[name] for name in ("application", "chart", "namespace")}
        is_enabled = parsed(row.get("attributes") or "").get("enabled", True)
        values = parsed(row.get("user_overrides") or "")
        spec = HelmOverride(name="/".join(keys.values()), is_enabled=is_enabled, values=values, **keys)
        yield Resource(KIND.key(spec), spec)


def write(changes: Sequence[Change[HelmOverride]], context: Context) -> Iterator[Call]:
    for change in changes:
        spec = change.want
        path = f"{PATH}/{spec.application}?name={spec.chart}&namespace={spec.namespace}"
        yield Call("PATCH", path, _body(spec))
        if _is_applied_again(spec.application or "", context):
            yield replace(applications.applied(spec.application or ""), once=f"application {spec.application}")


def _body(spec: HelmOverride) -> dict[str, Any]:
    """Values that are sent take the place of all; a call without any leaves them alone only if it is told to."""
    said = spec.sent if spec.sent is not None else spec.values
    enabled = {} if spec.is_enabled is None else {"enabled": str(spec.is_enabled).lower()}
    flags = {"reuse_values": said is None, "reset_values": said is not None}
    files = [Document(filled(said, SecretRef))] if said else []
    return {"flags": flags, "values": {"files": files}, "attributes": enabled}


def _is_applied_again(name: str, context: Context) -> bool:
    """Unless another step of the plan applies it, or Git wants it out of the cluster."""
    state, wanted = applications.state_of(name, context), context.desired.resources.get(_state(name))
    return state in {applications.APPLIED, applications.APPLY_FAILED} and (wanted is None or wanted.spec.state == state)


def _state(name: str) -> ResourceKey:
    return ResourceKey(applications.STATE, name)


def disruption(change: Change[HelmOverride], context: Context) -> Disruption:
    """A chart that is turned off is deleted from the cluster (kube_app.py _cleanup_disabled_helm_releases)."""
    is_off = change.want.is_enabled is False and not (change.observed and change.have.is_enabled is False)
    if is_off and applications.state_of(change.want.application or "", context) in applications.RUNNING:
        return Disruption.DESTRUCTIVE
    is_felt = _is_applied_again(change.want.application or "", context)
    return Disruption.SERVICE if is_felt else Disruption.NONE


def impossible(change: Change[HelmOverride], context: Context) -> str:
    name = change.want.application or ""
    if busy := applications.is_busy(name, applications.state_of(name, context)):
        return busy
    if ResourceKey(applications.APPLICATION, name) not in {**context.observed.resources, **context.desired.resources}:
        return f"{name} is not on the site, and Git does not say it"
    return ""


KIND = ResourceKind(
    name="helm-override",
    spec=HelmOverride,
    area=Area.SOFTWARE,
    collections=("apps", "helm_charts", "helm_overrides"),
    declare=declare,
    express=express,
    withheld=withheld,
    is_usual=is_usual,
    built_in=is_usual,
    read=read,
    write=write,
    disruption=disruption,
    impossible=impossible,
    sealed=Sealed(places, opened, ("values", "sent"), concerns),
    is_read_on_demand=True,
    deletion=Deletion(never="Git lets go of it: the chart keeps its values; to take them back, say `values: {}` first"),
    documents=("Site.system.applications.charts",),
    about=About(
        places={
            "name": ".",
            "is_enabled": "enabled",
            "values": "values",
            "application": ".",
            "chart": ".",
            "namespace": ".",
            "sent": "values",
        },
        words={
            "name": "application/chart/namespace",
            "is_enabled": "whether the chart is installed with the application; on where nobody said otherwise",
            "values": "one document, compared whole, with a digest for each secret",
            "application": "the application that has to be uploaded first",
            "chart": "the chart, as `system helm-override-list` shows it",
            "namespace": "the namespace that the chart goes to",
            "sent": "the same values, with the references of their secrets",
        },
        calls=(f"PATCH {PATH}/{{application}}?name={{chart}}&namespace={{namespace}}",),
        costs=(
            "Storing values costs nothing. Service: an application that is applied is applied again after them, once for all "
            "of its charts: they are upgraded, and pods start anew. A chart that is turned off is deleted from the cluster "
            "with all that it made: that is destructive, and never done without an approval of that very plan. Reading costs one request for each application and each "
            "chart: it is done at sites of which Git says applications. Unverified: no recording has an override."
        ),
        sources=(
            "sysinv api/controllers/v1/helm_charts.py",
            "sysinv helm/helm.py merge_overrides",
            "sysinv conductor/kube_app.py _cleanup_disabled_helm_releases",
            "recorded: the list of an application without any",
        ),
    ),
)
