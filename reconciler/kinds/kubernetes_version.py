"""The Kubernetes that a site runs, and the way to another version by its VIM (sysinv kube_version.py, kube_upgrade.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

from reconciler.kinds import _central_strategies as central
from reconciler.kinds import _strategies as strategies
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Errand
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.strategy_orders import StrategyType
from reconciler.model.words import Area, Disruption, Severity

NAME = "kube-upgrade"
COLLECTION = "kube_versions"


def lettered(version: str) -> str:
    """`v1.30.6`, however it is written (nfv _sw_update_strategy.py puts the letter before it)."""
    return version if version.startswith("v") else f"v{version}"


WITH_LETTER = Rule("kubernetes-letter", "A version of Kubernetes is the same with and without its v.", lettered)


class Kubernetes(Spec):
    """versions, strategy: what the platform's release offers, and what VIM has; Git never says them.

    by: who has VIM do it. centre: why dcmanager would not; Git never says it.
    """

    version: Annotated[str | None, Attr(spelled=WITH_LETTER)] = None
    versions: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None
    strategy: Annotated[str | None, Attr(send_only=True)] = None
    by: Annotated[str | None, Attr(send_only=True)] = None
    centre: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Kubernetes]]:
    said = site.kubernetes
    if said and (version := said.get("version")):
        yield KIND.declared(said, version=version.spelled(lettered(str(version.value))), by="by")


def read(rows: Rows) -> Iterator[Resource[Kubernetes]]:
    """A version is active when every host runs it; between two there is none, and it is not known which (partial)."""
    if not rows.has(COLLECTION):
        return
    listed = list(rows.all(COLLECTION))
    active = next((str(row["version"]) for row in listed if row["state"] == "active"), None)
    offered = tuple(str(row["version"]) for row in listed if row["state"] == "available")
    there, centre = strategies.there(rows), central.standing(rows, "kubernetes")
    spec = Kubernetes.of(version=active, versions=offered, strategy=there, centre=centre)
    yield Resource(ResourceKey(KIND.name, ""), spec)


def write(changes: Sequence[Change[Kubernetes]], context: Context) -> Iterator[Call]:
    for change in changes:
        hosts = strategies.in_turn(context.system, context.workers_out, first="controller-1")
        kubelets = tuple(group for group in hosts if not _is_storage(group, context))
        errand = Errand(kubelets, Condition.DEPLOY_FAILED, not context.system.is_simplex)
        now = change.have if change.observed else Kubernetes()
        said = {"to-version": change.want.version or ""}
        why = _not_by_dcmanager(change, context)
        if change.want.by == central.DCMANAGER and not why:
            yield from central.call(StrategyType.KUBERNETES, said, errand, context)
        else:
            wanted = strategies.Strategy(NAME, said, replace(errand, why=why))
            yield from strategies.calls(wanted, now.strategy, context)


def _not_by_dcmanager(change: Change[Kubernetes], context: Context) -> str:
    """Why the site's own VIM is asked though Git says dcmanager; "" where it is not, or Git does not."""
    now = change.have if change.observed else Kubernetes()
    return central.not_by_it(now.centre, context) if change.want.by == central.DCMANAGER else ""


def _is_storage(group: tuple[str, ...], context: Context) -> bool:
    """Storage hosts have no kubelet."""
    return all(context.system.hosts[name].personality == "storage" for name in group)


def disruption(change: Change[Kubernetes], context: Context) -> Disruption:  # noqa: ARG001
    """On one controller nothing is locked (_kube_upgrade_stages.py); elsewhere every host is, for its kubelet."""
    return Disruption.SERVICE if context.system.is_simplex else Disruption.REBOOT


def impossible(change: Change[Kubernetes], context: Context) -> str:
    now, wanted = (change.have if change.observed else Kubernetes()), change.want.version or ""
    if why := strategies.in_the_way(now.strategy, NAME):
        return why
    if now.version and _parts(wanted) < _parts(now.version):
        return f"Kubernetes does not go back: the site runs {now.version}"
    if wanted not in (now.versions or ()):
        offered = ", ".join(now.versions or ()) or "none"
        return f"the site's release does not offer {wanted} beside what runs; it offers {offered}"
    too_early = central.unsure(_not_by_dcmanager(change, context))
    return _too_far(now.version or "", wanted, context) or too_early or strategies.out_of_service(context.system)


def _too_far(now: str, wanted: str, context: Context) -> str:
    """Sysinv kube_upgrade.py: one minor version at a time, unless there is one controller alone."""
    if context.system.is_simplex or not now or _parts(wanted)[1] - _parts(now)[1] < 2:
        return ""
    return (
        f"Kubernetes goes one minor version at a time: say v1.{_parts(now)[1] + 1} before {wanted}; the site runs {now}"
    )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


KIND = ResourceKind(
    name="kubernetes-version",
    spec=Kubernetes,
    area=Area.SOFTWARE,
    is_read_on_demand=True,
    collections=(COLLECTION, strategies.COLLECTION, central.COLLECTION),
    declare=declare,
    read=read,
    write=write,
    disruption=disruption,
    impossible=impossible,
    after=("software-release",),
    deletion=Deletion(never="Git lets go of it: the site goes on with the Kubernetes that it runs"),
    severity=Severity.SERVICE,
    documents=("Site.kubernetes",),
    about=About(
        places={"version": "version", "by": "by"},
        words={
            "versions": "Versions that the site could go to.",
            "strategy": "The strategy that VIM has, of whatever type, and its state.",
            "centre": "Why dcmanager's strategy would not be for the site; empty where it would.",
        },
        calls=(
            f"POST {central.PATH}",
            f"DELETE /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy/actions",
        ),
        costs=(
            "On one controller the services of the control plane are interrupted and nothing is locked; elsewhere VIM locks "
            "one host after another, controller-1 first, for its kubelet."
        ),
        sources=(
            "sysinv api/controllers/v1/kube_version.py, kube_upgrade.py",
            "starlingx/nfv nfv_vim/strategy/stages/_kube_upgrade_stages.py",
        ),
    ),
)
