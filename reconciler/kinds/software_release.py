"""The release that a site runs, by the word of its own software management, and the way to another by its VIM.

The centre's opinion does not count: to dcmanager a site is in sync when it runs what the centre runs
(distcloud dcmanager/audit/software_audit.py), and Git may want an older release on a site for as long as it likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from reconciler.kinds import _central_strategies as central
from reconciler.kinds import _releases as releases
from reconciler.kinds import _strategies as strategies
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Errand
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.strategy_orders import StrategyType
from reconciler.model.words import Area, Disruption, Service, Severity

NAME = "sw-upgrade"
SHOWN = "strategy.release"  # a text, later a list (nfv _sw_update_strategy.py convert_strategy)


class Software(Spec):
    """from_release, to_release, deploy, strategy: what is under way, or was left behind; Git never says them.

    by: who has VIM do it. centre: why dcmanager would not; left: whether its strategy, ordered by us, did not go well.
    """

    release: Annotated[str | None, Attr(spelled=releases.PATCH_LEVEL, refers_to=releases.UPLOADED)] = None
    rollback: Annotated[bool | None, Attr(send_only=True)] = None
    from_release: Annotated[str | None, Attr(send_only=True)] = None
    to_release: Annotated[str | None, Attr(send_only=True)] = None
    deploy: Annotated[str | None, Attr(send_only=True)] = None
    strategy: Annotated[str | None, Attr(send_only=True)] = None
    by: Annotated[str | None, Attr(send_only=True)] = None
    centre: Annotated[str | None, Attr(send_only=True)] = None
    left: Annotated[bool | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Software]]:
    said = site.software
    if said and (release := said.get("release")):
        named = release.spelled(releases.patch_level(str(release.value)))
        yield KIND.declared(said, release=named, rollback="rollback", by="by")


def read(rows: Rows) -> Iterator[Resource[Software]]:
    if not (rows.has(releases.COLLECTION) and rows.has(releases.DEPLOY)):
        return
    deploy = next(iter(rows.all(releases.DEPLOY)), {})
    spec = Software.of(
        release=releases.running(rows),
        from_release=deploy.get("from_release"),
        to_release=deploy.get("to_release"),
        deploy=deploy.get("state"),
        strategy=strategies.there(rows),
        centre=central.standing(rows, "software"),
        left=central.left(rows, StrategyType.SOFTWARE),
    )
    yield Resource(ResourceKey(KIND.name, ""), spec)


def release(resource: Resource[Software]) -> str:
    """What runs; between two it is not decided."""
    return resource.spec.release or ""


def write(changes: Sequence[Change[Software]], context: Context) -> Iterator[Call]:
    for change in changes:
        wanted, why = _strategy(change, context), _not_by_dcmanager(change, context)
        if change.want.by == central.DCMANAGER and not why:
            options = {"release_id": _release_id(change.want.release or "", context), "delete": "true"}
            errand = replace(wanted.errand, is_left=bool(_now(change).left))
            yield from central.call(StrategyType.SOFTWARE, options, errand, context)
        else:
            told = replace(wanted, errand=replace(wanted.errand, why=why))
            yield from strategies.calls(told, _now(change).strategy, context)


def _not_by_dcmanager(change: Change[Software], context: Context) -> str:
    """Why the site's own VIM is asked though Git says dcmanager; "" where it is not, or Git does not."""
    now, wanted = _now(change), change.want.release or ""
    if change.want.by != central.DCMANAGER:
        return ""
    if _goes_back(change):
        return f"a deployment to {now.to_release} is on the site, and is undone"
    if now.deploy and not now.left:
        return f"a deployment to {now.to_release} is on the site already"
    if releases.parts(wanted) < releases.parts(now.release or ""):
        return f"{wanted} is older than what the site runs, and dcmanager removes no patches"
    return central.not_by_it(now.centre, context)


def _strategy(change: Change[Software], context: Context) -> strategies.Strategy:
    if _goes_back(change):
        return strategies.Strategy(NAME, {"rollback": True}, _errand(change, context), ours=(SHOWN, (None, "", [])))
    name = _release_id(change.want.release or "", context)
    said = {"release": [name] if releases.in_lists(context.system.release) else name, "delete": True}
    return strategies.Strategy(NAME, said, _errand(change, context), ours=(SHOWN, (name, [name])))


def _errand(change: Change[Software], context: Context) -> Errand:
    wanted, now, is_back = change.want.release or "", _now(change), _goes_back(change)
    is_major = releases.major(wanted) != releases.major((now.to_release if is_back else now.release) or "")
    first = ("controller-0" if is_back else "controller-1") if is_major and not context.system.is_simplex else ""
    return Errand(
        strategies.in_turn(context.system, context.workers_out, first=first, is_back=is_back),
        Condition.DEPLOY_FAILED,
        _reboots(change, context),
        wanted,
        is_back,
        None if now.deploy else _precheck(wanted, context),
    )


def _precheck(wanted: str, context: Context) -> Call | None:
    """As the release of the system takes it. What is only being copied to the site is checked by VIM, when it builds.

    Alarms that do not affect management are passed over, as by the strategy.
    """
    if releases.key_of(wanted) not in context.observed.resources:
        return None
    name = _release_id(wanted, context)
    path, body = f"/v1/deploy/{name}/precheck", dict[str, Any](force="true")
    if releases.in_lists(context.system.release):
        path, body = "/v1/deploy/precheck", {"releases": [name], "force": "true"}
    return Call("POST", path, body, service=Service.USM)


def _release_id(version: str, context: Context) -> str:
    """The site's own name for it; what is only being copied has the usual one."""
    found = context.observed.resources.get(releases.key_of(version))
    return str(found.spec.release_id) if found else f"starlingx-{version}"


def _now(change: Change[Software]) -> Software:
    return change.have if change.observed else Software()


def _goes_back(change: Change[Software]) -> bool:
    """A deployment that is under way, or complete and not deleted, is undone: to where it came from."""
    now = _now(change)
    return now.deploy not in {None, *releases.UNTOUCHED} and now.from_release == change.want.release


def _reboots(change: Change[Software], context: Context) -> bool:
    """Whether a release that is deployed, or removed, on the way wants it; of what is not there yet it is feared."""
    wanted, now = change.want.release or "", _now(change)
    if now.deploy:
        going = [now.to_release or ""]
    elif releases.parts(wanted) < releases.parts(now.release or ""):
        going = _above(wanted, context)
    else:
        going = list(releases.needed(wanted, context.observed))
    found = [context.observed.resources.get(releases.key_of(version)) for version in going]
    return any(one is None or one.spec.reboot_required is not False for one in found) or not found


def _above(wanted: str, context: Context) -> list[str]:
    """The releases that run and are later."""
    there = (r.spec for key, r in context.observed.resources.items() if key.kind == releases.UPLOADED)
    return [s.release for s in there if s.state in releases.RUNS and releases.parts(s.release) > releases.parts(wanted)]


def disruption(change: Change[Software], context: Context) -> Disruption:
    return Disruption.REBOOT if _reboots(change, context) else Disruption.SERVICE


def impossible(change: Change[Software], context: Context) -> str:
    now, wanted = _now(change), change.want.release or ""
    if why := strategies.in_the_way(now.strategy, NAME):
        return why
    if now.deploy == releases.START_FAILED:
        return f"the deployment to {now.to_release} failed at its start, and stands in the way: software deploy delete"
    if now.deploy and now.to_release != wanted:
        return _under_way(change)
    is_back = releases.parts(wanted) < releases.parts(now.release or "")
    if is_back and (not now.deploy or not change.want.rollback):
        return _no_way_back(change, context)
    found = context.observed.resources.get(releases.key_of(wanted))
    if found and found.spec.state in {"uploading", "upload-failed", releases.UNAVAILABLE}:
        return f"{wanted} is {found.spec.state} on the site: software delete it there, and upload it again"
    return central.unsure(_not_by_dcmanager(change, context)) or strategies.out_of_service(context.system)


def _under_way(change: Change[Software]) -> str:
    """Software_controller.py software_deploy_abort_api: what removes patches cannot be undone."""
    now, wanted = _now(change), change.want.release
    way = f"a deployment from {now.from_release} to {now.to_release} is on the site, in state {now.deploy}"
    if not _goes_back(change):
        return f"{way}: it has to be completed, or undone and deleted, before {wanted} can be deployed"
    if not change.want.rollback:
        return f"{way}: it is undone only with software.rollback: true"
    removes = releases.parts(now.to_release or "") < releases.parts(now.from_release or "")
    return (
        f"{way}, and what removes a patch cannot be undone: software deploy complete and delete it" if removes else ""
    )


def _no_way_back(change: Change[Software], context: Context) -> str:
    """Software_controller.py software_deploy_start_api: patches are removed; a major release is final."""
    wanted, now = change.want.release or "", _now(change)
    if not change.want.rollback:
        return (
            f"{wanted} is older than {now.release}, which the site runs: it goes back only with software.rollback: true"
        )
    if releases.major(wanted) != releases.major(now.release or ""):
        return (
            f"the deployment of {now.release} was deleted, and with it the way back to {wanted}: it takes a "
            f"reinstallation with that release (dcmanager subcloud redeploy --release {releases.major(wanted)})"
        )
    stays = [v for v in _above(wanted, context) if _is_final(v, context)]
    return f"{', '.join(stays)} cannot be removed from the site" if stays else ""


def _is_final(version: str, context: Context) -> bool:
    spec = context.observed.resources[releases.key_of(version)].spec
    return bool(spec.unremovable) or spec.state == "committed"


KIND = ResourceKind(
    name="software-release",
    spec=Software,
    area=Area.SOFTWARE,
    is_read_on_demand=True,
    collections=(releases.COLLECTION, releases.DEPLOY, strategies.COLLECTION, central.COLLECTION),
    declare=declare,
    read=read,
    release=release,
    write=write,
    disruption=disruption,
    impossible=impossible,
    deletion=Deletion(never="Git lets go of it: the site goes on with the release that it runs"),
    severity=Severity.SERVICE,
    documents=("Site.software",),
    about=About(
        places={"release": "release", "rollback": "rollback", "by": "by"},
        words={
            "from_release": "Where a deployment that is there began.",
            "to_release": "Where it goes.",
            "deploy": "Its state, as host-failed.",
            "strategy": "The strategy that VIM has, of whatever type, and its state.",
            "centre": "Why dcmanager's strategy would not be for the site; empty where it would.",
            "left": "Whether one that was ordered for it did not go well.",
        },
        calls=(
            f"POST {central.PATH}",
            f"DELETE /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy/actions",
        ),
        costs=(
            "VIM locks, deploys and unlocks one host after another: controllers, the active one last, storage hosts, workers. "
            "A release that needs no reboot is deployed in service. The gate `precheck` has asked software management "
            "before. With `by: dcmanager` it does so because dcmanager's strategy has it do so, with other sites."
        ),
        sources=(
            "starlingx/update software/software_controller.py",
            "starlingx/nfv nfv_vim/strategy/_strategy.py SwUpgradeStrategy",
            "starlingx/nfv nfv_vim/api/controllers/v1/orchestration/sw_update/_sw_update_strategy.py",
        ),
    ),
)
