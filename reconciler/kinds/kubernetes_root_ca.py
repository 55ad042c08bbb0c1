"""The certificate authority of a site's Kubernetes: until when it is valid, and its renewal by the site's VIM.

Git says how much of it is to be left, or a day that it is to last to: a state that a site has or has not, at any time. It is
compared by the time of the reading. Sysinv lists it from 10.0 on (api/controllers/v1/certificate.py get_all_certs); while it
is being renewed it is not decided which one the site has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from reconciler.kinds import _central_strategies as central
from reconciler.kinds import _strategies as strategies
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.expiry import Expiry
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.maintenance import seconds
from reconciler.model.plan import Call, Errand
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.strategy_orders import StrategyType
from reconciler.model.words import Area, Disruption, Severity

NAME = "kube-rootca-update"
CERTIFICATES, UPDATES = "platform_certificates", "kube_rootca_update"
CERTIFICATE = "kubernetes-root-ca"
WRITTEN = "%B %d %H:%M:%S %Y"  # sysinv common/utils.py get_cert_values, UTC
ABORTED = "update-aborted"
RENEWED, LATER = "renewed", "later than "
GRACE = timedelta(days=1)  # sysinv reckons the day by the site's clock, in whatever zone that is
LEAST = timedelta(days=2)  # one that would end sooner is refused (kube_rootca_update.py _calculate_duration)
# nfv_vim/strategy/_strategy_steps.py: three steps a host of 600 s each; two for the pods of 3600 s; start, certificate, end
HOST_S, ENDS_S = 3 * 600.0, 2 * 3600.0 + 600.0 + 300.0 + 600.0
LASTS = Rule(
    "lasts-long-enough", "A certificate that lasts as long as Git wants is as wanted, on whatever day it ends."
)


def _meets(one: str | None, other: str | None) -> bool:
    """A time is as good as one that it is to be later than; what is not decided yet has not moved."""
    bounds = [value for value in (one, other) if value and not value[:1].isdigit()]
    if len(bounds) != 1:
        return not bounds and None in (one, other)
    shown = other if one == bounds[0] else one
    return shown is not None and shown > bounds[0].removeprefix(LATER).removeprefix(RENEWED)


class RootCa(Spec):
    """ends, begins: UTC. While a renewal is half done there is no `ends`, and `update` is its state.

    by: who has VIM do it. centre: why dcmanager would not; Git never says it.
    """

    ends: Annotated[str | None, Attr(meets=_meets, spelled=LASTS)] = None
    renew_before: Annotated[str | None, Attr(send_only=True)] = None
    valid_until: Annotated[str | None, Attr(send_only=True)] = None
    subject: Annotated[str | None, Attr(send_only=True)] = None
    by: Annotated[str | None, Attr(send_only=True)] = None
    begins: Annotated[str | None, Attr(send_only=True)] = None
    update: Annotated[str | None, Attr(send_only=True)] = None
    strategy: Annotated[str | None, Attr(send_only=True)] = None
    centre: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[RootCa]]:
    said = site.kubernetes and site.kubernetes.get("rootCa")
    when = said and (said.get("renewBefore") or said.get("validUntil"))
    if said and when:
        own = {"renew_before": "renewBefore", "valid_until": "validUntil", "subject": "subject"}
        by = site.kubernetes.get("by") if site.kubernetes else None
        yield KIND.declared(said, ends=when.spelled(RENEWED), by=by, **own)


def spell(resource: Resource[RootCa], observed: Snapshot) -> Resource[RootCa]:
    """As it is where it lasts long enough; or else later than it is."""
    have = observed.resources.get(resource.key)
    ends = have.spec.ends if have else None
    if ends is None:
        return resource
    return resource.respelled(ends=f"{LATER}{ends}" if _is_due(resource.spec, ends, observed) else ends)


def _is_due(wanted: RootCa, ends: str, observed: Snapshot) -> bool:
    end, now = _time(ends), observed.taken_at
    is_short = bool(wanted.valid_until) and end + GRACE < _day(wanted.valid_until or "")
    return is_short or (now is not None and end.timestamp() - now < seconds(wanted.renew_before or ""))


def read(rows: Rows) -> Iterator[Resource[RootCa]]:
    """The file that is listed has the old one first until the hosts trust the new one alone (stx-puppet kubernetes.pp)."""
    if not (rows.has(CERTIFICATES) and rows.has(UPDATES)):
        return
    listed: Mapping[str, Any] = next(iter(rows.all(CERTIFICATES)), {})
    validity = listed.get(CERTIFICATE, {}).get("Validity", {})
    update = next((str(row["state"]) for row in rows.all(UPDATES)), None)
    spec = RootCa.of(
        ends=None if update else _shown(validity.get("Not After")),
        begins=_shown(validity.get("Not Before")),
        update=update,
        strategy=strategies.there(rows),
        centre=central.standing(rows, "kube-rootca"),
    )
    yield Resource(ResourceKey(KIND.name, ""), spec)


def expiry(resource: Resource[RootCa]) -> Expiry | None:
    return Expiry(CERTIFICATE, "", _time(resource.spec.ends).timestamp()) if resource.spec.ends else None


def _shown(text: str | None) -> str | None:
    return text and datetime.strptime(text, WRITTEN).isoformat()  # noqa: DTZ007 - UTC, and said without


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


def write(changes: Sequence[Change[RootCa]], context: Context) -> Iterator[Call]:
    for change in changes:
        want, why = change.want, _not_by_dcmanager(change)
        told = {"expiry-date": want.valid_until, "subject": want.subject}
        said = {name: value for name, value in told.items() if value}
        errand = Errand(_hosts(context), Condition.RENEWAL_FAILED)
        if want.by == central.DCMANAGER and not why:
            yield from central.call(StrategyType.ROOT_CA, said, errand, context)
            continue
        wanted = strategies.Strategy(NAME, said, replace(errand, why=why), HOST_S, ENDS_S)
        yield from strategies.calls(wanted, change.have.strategy if change.observed else None, context)


def _not_by_dcmanager(change: Change[RootCa]) -> str:
    """Why the site's own VIM is asked though Git says dcmanager, which goes by the alarms of a certificate that ends."""
    now = change.have if change.observed else RootCa()
    if change.want.by != central.DCMANAGER:
        return ""
    return "a renewal is half done on the site already" if now.update else central.needless(now.centre)


def _hosts(context: Context) -> strategies.Groups:
    """By name, one after another; storage hosts have no kubelet (_determine_kube_rootca_host_lists)."""
    hosts = context.system.hosts.values()
    return tuple((name,) for name in sorted(h.name for h in hosts if h.personality != "storage"))


def impossible(change: Change[RootCa], context: Context) -> str:
    now = change.have if change.observed else RootCa()
    if why := strategies.in_the_way(now.strategy, NAME) or _in_hand(now):
        return why
    if not (now.ends or now.update):
        return "the site does not say until when it is valid (system certificate-show kubernetes-root-ca)"
    too_early = central.unsure(_not_by_dcmanager(change))
    return _too_short(change.want, now, context) or too_early or strategies.out_of_service(context.system)


def _in_hand(now: RootCa) -> str:
    """A renewal that no strategy of VIM began is somebody's own; one that was given up is nobody's."""
    if now.update in {None, ABORTED} or (now.strategy or "").startswith(f"{NAME} "):
        return ""
    return (
        f"a renewal that VIM did not begin is half done, in state {now.update}: end it by hand, or have it begun anew "
        "(system kube-rootca-update-abort)"
    )


def _too_short(want: RootCa, now: RootCa, context: Context) -> str:
    """Nothing is renewed that would be due again at once."""
    taken = context.observed.taken_at
    left, told = timedelta(seconds=seconds(want.renew_before or "")), f"renewBefore {want.renew_before}"
    if want.valid_until and taken is not None:
        lasts = _day(want.valid_until) - datetime.fromtimestamp(taken, UTC)
        if lasts < LEAST:
            return f"validUntil {want.valid_until} is past, or too near for a new one: say a later day"
        return f"one that is valid until {want.valid_until} is due at once by {told}" if lasts < left else ""
    if not (now.ends and now.begins) or _time(now.ends) - _time(now.begins) > left:
        return ""
    lasts = _time(now.ends) - _time(now.begins)
    return f"a new one is valid for {lasts.days}d as this one was, and due at once by {told}: say validUntil"


KIND = ResourceKind(
    name="kubernetes-root-ca",
    spec=RootCa,
    area=Area.SOFTWARE,
    is_read_on_demand=True,
    collections=(CERTIFICATES, UPDATES, strategies.COLLECTION, central.COLLECTION),
    declare=declare,
    spell=spell,
    read=read,
    expiry=expiry,
    write=write,
    disruption=Disruption.SERVICE,
    impossible=impossible,
    after=("software-release", "kubernetes-version"),
    deletion=Deletion(never="Git lets go of it: the site goes on with the root certificate that it has"),
    severity=Severity.SERVICE,
    documents=("Site.kubernetes.rootCa",),
    about=About(
        places={
            "ends": "renewBefore validUntil",
            "renew_before": "renewBefore",
            "valid_until": "validUntil",
            "subject": "subject",
            "by": "Site.kubernetes.by",
        },
        words={
            "ends": "Until when it is valid, UTC; not known while a renewal is half done.",
            "begins": "From when on.",
            "update": "State of a renewal that is half done, as sysinv has it.",
            "strategy": "The strategy that VIM has, of whatever type, and its state.",
            "centre": "Why dcmanager's strategy would do nothing for the site.",
        },
        calls=(
            f"DELETE /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy/actions",
            f"POST {central.PATH}",
        ),
        costs=(
            "No host is locked. On each host in turn, by name, kubelet restarts three times, and on controllers the API "
            "server, the scheduler and the controller manager with it; between that the pods of the whole site are restarted "
            "twice, and sysinv's conductor once. What trusts the old certificate alone, outside the site, has to be given the "
            "new one."
        ),
        sources=(
            "sysinv api/controllers/v1/kube_rootca_update.py",
            "sysinv api/controllers/v1/certificate.py get_all_certs",
            "stx-puppet modules/platform/manifests/kubernetes.pp platform::kubernetes::master::rootca",
            "starlingx/nfv nfv_vim/strategy/_strategy.py KubeRootcaUpdateStrategy",
        ),
    ),
)
