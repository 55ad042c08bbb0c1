"""Label of a host, which Kubernetes sees on its node. By key: labels that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/labels"
# sysinv label.py _check_host_locked; the words: helm/common.py LABEL_*, common/constants.py KUBE_*_MANAGER_LABEL
LOCKED_ONLY = frozenset(
    {
        "openstack-control-plane",
        "openstack-compute-node",
        "disable-nohz-full",
        "openvswitch",
        "remote-storage",
        "sriovdp",
        "sriovdp-isrdma",
        "sriovdp-vhostnet",
        "kube-topology-mgr-policy",
        "kube-cpu-mgr-policy",
        "kube-memory-mgr-policy",
    }
)


class Label(Spec):
    name: Annotated[str, Attr(key=True)]
    value: str | None = None


def declare(site: Site) -> Iterator[Resource[Label]]:
    for host, profile in site.hosts.items():
        labels = profile.get("labels")
        for name, node in labels.members() if labels else ():
            yield KIND.declared(node, host, name=Given(name), value=node)


def express(resource: Resource[Label], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    yield Said("Host", resource.key.host, ("labels", resource.spec.name), resource.spec.value)


def read(rows: Rows) -> Iterator[Resource[Label]]:
    for host, row in rows.by_host("labels"):
        spec = Label(name=row["label_key"], value=row["label_value"])
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Label]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """All labels of a host in one POST, which takes another value for a label that is there only if told so."""
    yield from (Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(c.key)}) for c in changes if not c.desired)
    labels = {c.want.name: c.want.value or "" for c in changes if c.desired}
    if not labels:
        return
    query = "?overwrite=true" if any(c.action is Action.UPDATE for c in changes) else ""
    yield Call("POST", f"{PATH}/{{host}}{query}", labels, refs={"host": hosts.ref(changes[0].key.host)})


def needs(change: Change[Label], context: Context) -> Needs:  # noqa: ARG001
    return Needs.LOCKED if change.key.name in LOCKED_ONLY else Needs.ANY


def disruption(change: Change[Label], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


KIND = ResourceKind(
    name="label",
    spec=Label,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("labels",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    deletion=Deletion(),
    documents=("HostProfile.spec.labels",),
    about=About(
        places={"name": ".", "value": "."},
        words={"name": "the label's key", "value": 'its value; "" is one too'},
        calls=(f"POST {PATH}/{{host}}",),
        costs="Nothing for most labels; those that the platform itself reads want the host locked.",
        sources=("sysinv api/controllers/v1/label.py", "sysinv helm/common.py LABEL_*", "recorded"),
    ),
)
