"""The root certificate of a site's Kubernetes: when it is due, what VIM is asked for, and what keeps it from being asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.desired import load_site
from reconciler.diff import compare, spelled
from reconciler.kinds import registry
from reconciler.model.condition import Condition
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context
from reconciler.model.resource import ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Cause, Disruption
from tests.desired.writing import site_files

KINDS = registry()
KIND = KINDS["kubernetes-root-ca"]
KEY = ResourceKey("kubernetes-root-ca", "")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
BEGINS, ENDS = "January 05 09:30:00 2017", "January 05 09:30:00 2027"  # 44 days from now
MANAGED = {"management-state": "managed", "availability-status": "online"}
STARTED = {"name": "kube-rootca-update", "state": "aborted"}


def host(name):
    facts = {"administrative": "unlocked", "operational": "enabled", "availability": "available"}
    return HostState(name, name, 1, name.split("-")[0], is_active=name == "controller-0", **facts)


def wanted(said, by="site"):
    site = load_site(site_files({"site.yaml": f"kubernetes: {{rootCa: {said}, by: {by}}}\n"}))
    (resource,) = KIND.declare(site)
    return Snapshot("ottawa", {KEY: resource})


def shown(ends=ENDS, update=None, strategy=None, *, hosts=("controller-0",), taken_at=NOW, sync=None):
    validity = {"Validity": {"Not Before": BEGINS, "Not After": ends}, "Serial Number": "0x1f"}
    rows = Rows(
        {
            ("platform_certificates", ""): ({"kubernetes-root-ca": validity} if ends else {},),
            ("kube_rootca_update", ""): ({"uuid": "u", "state": update},) if update else (),
            ("vim_strategy", ""): ({"strategy": strategy},),
            ("standing", ""): ({**MANAGED, "sync": {"kube-rootca": sync}},) if sync else (),
        }
    )
    state = SystemState("ottawa", "u", "duplex", "All-in-one", "24.09", {n: host(n) for n in hosts})
    found = {r.key: r for r in KIND.read(rows)}
    return Snapshot("ottawa", found, taken_at=taken_at, complete=frozenset({(KIND.name, "")}), system=state)


def changes(desired, observed, base=None):
    sides = [spelled(side, observed, KINDS) if side else None for side in (desired, base)]
    return compare(sides[0], observed, KINDS, sides[1]).changes, Context(sides[0], observed)


def the_change(said="{renewBefore: 90d}", by="site", **site):
    (found,), context = changes(wanted(said, by), shown(**site))
    return found, context


@pytest.mark.parametrize("said", ["{renewBefore: 30d}", '{validUntil: "2027-01-05"}', "{renewBefore: 44d}"])
def test_one_that_lasts_long_enough_is_left_alone(said):
    assert changes(wanted(said), shown())[0] == ()


@pytest.mark.parametrize("said", ["{renewBefore: 90d}", '{validUntil: "2027-01-07"}', "{renewBefore: 45d}"])
def test_one_that_does_not_is_due_and_the_next_is_to_be_later(said):
    change, _ = the_change(said)
    [field] = change.fields
    assert (field.name, field.observed, field.desired) == (
        "ends",
        "2027-01-05T09:30:00",
        "later than 2027-01-05T09:30:00",
    )


def test_a_day_of_grace_is_given_to_sites_of_other_time_zones():
    assert changes(wanted('{validUntil: "2027-01-06"}'), shown())[0] == ()


def test_it_is_pending_by_a_commit_and_drifts_with_time():
    desired, observed = wanted("{renewBefore: 90d}"), shown()
    assert changes(desired, observed, wanted("{renewBefore: 30d}"))[0][0].cause is Cause.PENDING
    assert changes(desired, observed, desired)[0][0].cause is Cause.DRIFTED


def test_what_is_to_be_done_does_not_change_with_every_day_that_passes():
    one, other = (the_change(taken_at=NOW + days * 86400)[0] for days in (0, 7))
    assert one.fields == other.fields


def test_any_that_is_later_is_as_wanted():
    change, _ = the_change()
    [field] = change.fields
    assert KIND.is_same("ends", "2037-01-05T09:30:00", field.desired)
    assert not KIND.is_same("ends", "2027-01-05T09:30:00", field.desired)
    assert not KIND.is_same("ends", "2037-01-05T09:30:00", field.observed)


def test_while_it_is_being_renewed_it_is_not_decided_which_one_the_site_has():
    """A look in the middle finds it neither done nor moved by somebody else."""
    change, _ = the_change()
    [field] = change.fields
    spec = shown(update="updating-host-trust-new-ca").resources[KEY].spec
    assert (spec.ends, spec.update) == (None, "updating-host-trust-new-ca")
    assert not KIND.is_same("ends", spec.ends, field.desired)
    assert KIND.is_same("ends", spec.ends, field.observed)


def test_a_renewal_that_is_half_done_is_gone_on_with_however_long_the_old_one_lasts():
    change, context = the_change("{renewBefore: 1d}", update="updating-pods-trust-new-ca-failed", strategy=STARTED)
    assert KIND.why_not(change, context) == ""
    assert [f.desired for f in change.fields] == ["renewed"]
    assert KIND.is_same("ends", "2037-01-05T09:30:00", "renewed")


def test_vim_is_asked_for_it_host_by_host_and_locks_none():
    names = ("controller-0", "controller-1", "storage-0", "worker-0")
    change, context = the_change(
        '{renewBefore: 90d, validUntil: "2036-11-21", subject: C=CA CN=kubernetes}', hosts=names
    )
    calls = list(KIND.write([change], context))
    assert [c.method for c in calls] == ["POST", "POST", "DELETE"]
    body = calls[0].body
    assert calls[0].path == "/api/orchestration/kube-rootca-update/strategy"
    assert (body["expiry-date"], body["subject"]) == ("2036-11-21", "C=CA CN=kubernetes")
    assert body["controller-apply-type"] == "serial"
    (errand,) = [c.errand for c in calls if c.errand]
    assert errand.hosts == (("controller-0",), ("controller-1",), ("worker-0",))
    assert (errand.locks, errand.failure) == (False, Condition.RENEWAL_FAILED)
    assert KIND.disruption_of(change, context) is Disruption.SERVICE


def test_what_git_does_not_say_of_a_new_one_is_as_it_was():
    change, context = the_change()
    body = next(iter(KIND.write([change], context))).body
    assert {"expiry-date", "subject"}.isdisjoint(body)


@pytest.mark.parametrize(
    ("said", "site", "word"),
    [
        ("{renewBefore: 4000d}", {}, "a new one is valid for 3652d as this one was, and due at once"),
        ('{renewBefore: 90d, validUntil: "2027-01-20"}', {}, "due at once by renewBefore 90d"),
        ('{renewBefore: 90d, validUntil: "2026-11-22"}', {}, "too near for a new one"),
        ("{renewBefore: 90d}", {"ends": None}, "does not say until when it is valid"),
        ("{renewBefore: 90d}", {"update": "updated-host-trust-both-cas"}, "that VIM did not begin is half done"),
        ("{renewBefore: 90d}", {"strategy": {"name": "sw-upgrade", "state": "applied"}}, "keeps a sw-upgrade strategy"),
        ("{renewBefore: 90d}", {"update": "update-aborted"}, ""),
        ("{renewBefore: 90d}", {}, ""),
    ],
)
def test_what_would_not_end_well_is_said_with_what_it_takes(said, site, word):
    told = KIND.why_not(*the_change(said, **site))
    assert word in told if word else told == ""


def test_its_end_is_told_with_those_of_other_certificates():
    ends = KIND.expiry(shown().resources[KEY])
    assert (ends.type, ends.at) == ("kubernetes-root-ca", datetime(2027, 1, 5, 9, 30, tzinfo=UTC).timestamp())
    assert KIND.expiry(shown(update="update-started").resources[KEY]) is None


def test_where_git_says_so_dcmanagers_strategy_has_vim_do_it():
    change, context = the_change(
        '{validUntil: "2036-11-21"}', by="dcmanager", sync="out-of-sync", hosts=("controller-0", "worker-0")
    )
    (call,) = KIND.write([change], context)
    assert (call.path, call.body) == (
        "/v1.0/sw-update-strategy",
        {"type": "kube-rootca-update", "expiry-date": "2036-11-21"},
    )
    assert (call.errand.strategy, call.errand.hosts) == ("kube-rootca-update", (("controller-0",), ("worker-0",)))


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ({"sync": "in-sync"}, "its kube-rootca is in-sync with the centre's"),
        ({"sync": "out-of-sync", "update": "update-aborted"}, "half done on the site already"),
    ],
)
def test_what_dcmanager_would_not_do_the_sites_own_vim_does_and_the_plan_says_why(site, why):
    """It goes by the alarms of a certificate that ends, which come later than Git may want."""
    change, context = the_change(by="dcmanager", **site)
    (errand,) = [call.errand for call in KIND.write([change], context) if call.errand]
    assert (errand.strategy, why in errand.why) == ("", True)


def test_while_dcmanager_does_not_know_the_plan_waits():
    assert "has not found out" in KIND.why_not(*the_change(by="dcmanager", sync="unknown"))
    assert "nobody has looked at its row there" in KIND.why_not(*the_change(by="dcmanager"))
