"""Service parameter. By key: parameters that Git does not say are left alone. Applied once for each service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from reconciler.kinds._usual_parameters import USUAL
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.secret import MASK, is_named
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/service_parameter"
UNSAID = "***"  # nor is what Git says of such a one told
WITHHELD = "its value is a secret and is not written: Git says nothing of it, and the site keeps it"
# what tells a parameter: our attribute -> the document's; of them the API has one by another name
DOCUMENT = {
    "service": "service",
    "section": "section",
    "parameter": "paramname",
    "personality": "personality",
    "resource": "resource",
}
CONTROLLERS = frozenset({"controller"})
WORKERS_TOO = frozenset({"controller", "worker"})
ALL = frozenset({"controller", "worker", "storage"})
# (service, section, name, "" for any) -> whose hosts need a lock and unlock, the most exact one first
# (conductor manager.py update_service_config: where `reboot` ends as True)
REBOOTED = {
    ("docker", "proxy", ""): frozenset[str](),
    ("docker", "concurrency", ""): frozenset[str](),
    ("docker", "", "auth-secret"): frozenset[str](),
    ("docker", "", ""): CONTROLLERS,
    ("kubernetes", "", "leader-elect"): frozenset[str](),
    ("kubernetes", "kube_apiserver", ""): frozenset[str](),
    ("kubernetes", "kube_apiserver_volumes", ""): frozenset[str](),
    ("kubernetes", "kube_controller_manager_volumes", ""): frozenset[str](),
    ("kubernetes", "kube_scheduler_volumes", ""): frozenset[str](),
    ("kubernetes", "kube_controller_manager", ""): frozenset[str](),
    ("kubernetes", "kube_scheduler", ""): frozenset[str](),
    ("kubernetes", "kubelet", ""): frozenset[str](),
    ("kubernetes", "config", ""): WORKERS_TOO,
    ("kubernetes", "", ""): CONTROLLERS,
    ("platform", "kernel", "ksoftirqd_priority"): frozenset[str](),
    ("platform", "kernel", "irq_work_priority"): frozenset[str](),
    ("platform", "kernel", ""): WORKERS_TOO,
    ("platform", "collectd", ""): ALL,
    ("platform", "config", "intel_pstate"): ALL,
    ("platform", "config", "amd_pstate"): ALL,
    ("platform", "config", "sysinv_api_workers"): CONTROLLERS,
    ("platform", "config", "database_max_pool_size"): CONTROLLERS,
    ("platform", "config", "database_max_pool_timeout"): CONTROLLERS,
    ("platform", "config", "database_max_overflow_size"): CONTROLLERS,
    ("platform", "config", "sctp_autoload"): WORKERS_TOO,
    ("platform", "config", "cgroup_v2_enabled"): WORKERS_TOO,
}


HIDDEN = Rule("hidden", "A value that the platform shows as `****` cannot be compared.")


class ServiceParameter(Spec):
    """`name` is service/section/parameter, and what it is for where it is a custom one (personality, resource)."""

    name: Annotated[str, Attr(key=True)]
    value: Annotated[str | None, Attr(spelled=HIDDEN)] = None
    service: Annotated[str | None, Attr(send_only=True)] = None
    section: Annotated[str | None, Attr(send_only=True)] = None
    parameter: Annotated[str | None, Attr(send_only=True)] = None
    personality: Annotated[str | None, Attr(send_only=True)] = None
    resource: Annotated[str | None, Attr(send_only=True)] = None


def _name(*parts: Any) -> str:
    return "/".join(str(part) for part in parts if part)


def declare(site: Site) -> Iterator[Resource[ServiceParameter]]:
    for node in site.system.listed("serviceParameters") if site.system else ():
        yield KIND.declared(
            node,
            name=Given(_name(*_said(node))),
            value=node.get("paramvalue"),
            **DOCUMENT,
        )


def _said(node: Node) -> Iterator[str]:
    return (node.text(member) for member in ("service", "section", "paramname", "personality", "resource"))


def express(resource: Resource[ServiceParameter], snapshot: Snapshot) -> Iterator[Said]:
    """Nothing of a secret: neither of one that the platform hides, nor of one that its name tells."""
    spec = resource.spec
    if is_secret(spec):
        return
    said = {member: getattr(spec, attribute) for attribute, member in DOCUMENT.items()}
    place = Said("System", snapshot.system.name, ("serviceParameters", Element.by(said)))
    yield place.at("paramvalue").says(spec.value or "")


def withheld(resource: Resource[ServiceParameter], snapshot: Snapshot) -> str:  # noqa: ARG001
    return WITHHELD if is_secret(resource.spec) else ""


def is_secret(spec: ServiceParameter) -> bool:
    """The platform hides its value, or its name tells."""
    return spec.value == MASK or is_named(spec.parameter or "")


def is_usual(resource: Resource[ServiceParameter], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return f"{resource.spec.name}={resource.spec.value}" in USUAL


def read(rows: Rows) -> Iterator[Resource[ServiceParameter]]:
    for row in rows.all("service_parameter"):
        told = dict(zip(DOCUMENT, _seen(row), strict=True))
        spec = ServiceParameter.of(name=_name(*_seen(row)), value=row["value"], **told)
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def _seen(row: Row) -> Iterator[Any]:
    return (row.get(member) for member in ("service", "section", "name", "personality", "resource"))


def spell(resource: Resource[ServiceParameter], observed: Snapshot) -> Resource[ServiceParameter]:
    """A value that the platform does not show is not compared."""
    have = observed.resources.get(resource.key)
    if have is None or have.spec.value != MASK:
        return resource
    found = resource.without("value")
    return replace(found, written={**found.written, "value": UNSAID})


def write(changes: Sequence[Change[ServiceParameter]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """One call each: the platform decides by the last name of a call what it has to do (sysinv service_parameter.py)."""
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            yield Call("POST", PATH, _body(change.want))
        else:
            yield Call(
                "PATCH", f"{PATH}/{{uuid}}", replacing({"value": change.want.value}), refs={"uuid": Ref(change.key)}
            )
    for service in sorted({c.spec.service or "" for c in changes}):
        yield Call("POST", f"{PATH}/apply", {"service": service}, once=f"service-parameter {service}")


def _body(spec: ServiceParameter) -> dict[str, Any]:
    body: dict[str, Any] = {
        "service": spec.service,
        "section": spec.section,
        "parameters": {spec.parameter: spec.value},
    }
    custom = {"personality": spec.personality, "resource": spec.resource}
    return body | {name: value for name, value in custom.items() if value is not None}


def settles(change: Change[ServiceParameter], context: Context) -> Iterator[str]:
    """Hosts that were in service and take it up at their next unlock."""
    concerned = rebooted(change.spec)
    return (h.name for h in context.system.hosts.values() if h.personality in concerned and h.is_provisioned)


def rebooted(spec: ServiceParameter) -> frozenset[str]:
    """The personalities whose hosts a parameter marks for a reboot."""
    service, section, name = spec.service or "", spec.section or "", spec.parameter or ""
    exact = ((service, section, name), (service, "", name), (service, section, ""), (service, "", ""))
    return next((REBOOTED[key] for key in exact if key in REBOOTED), frozenset())


def disruption(change: Change[ServiceParameter], context: Context) -> Disruption:
    return Disruption.LOCK if any(settles(change, context)) else Disruption.SERVICE


KIND = ResourceKind(
    name="service-parameter",
    spec=ServiceParameter,
    area=Area.SYSTEM,
    collections=("service_parameter",),
    declare=declare,
    express=express,
    withheld=withheld,
    is_usual=is_usual,
    built_in=is_usual,
    read=read,
    spell=spell,
    write=write,
    settles=settles,
    disruption=disruption,
    deletion=Deletion(effect="its service goes back to its own value"),
    documents=("System.spec.serviceParameters",),
    about=About(
        places={**DOCUMENT, "name": "service section paramname", "value": "paramvalue"},
        words={"name": "service/section/parameter, with personality and resource where they are said"},
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"POST {PATH}/apply"),
        costs="Service: the parameter's service is configured anew. Some are taken up by hosts at their next lock and unlock.",
        sources=(
            "sysinv api/controllers/v1/service_parameter.py",
            "sysinv common/service_parameter.py",
            "sysinv conductor/manager.py update_service_config",
        ),
    ),
)
