"""Applications and their charts: what Git says, what the site shows, and the calls between, in order."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.resource import ResourceKey
from reconciler.model.rows import COLLECTIONS
from reconciler.model.secret import Document, SecretRef, digest
from reconciler.model.words import Action, Disruption
from tests.kinds.machines import (
    context,
    desired,
    difference,
    differences,
    observed,
    planned,
    resource,
    rows,
    sent,
    why_not,
)
from tests.kinds.networks import calls

KINDS = registry()
BUNDLED = "/usr/local/share/applications/helm/snmp-24.09-3.tgz"


def row(name="snmp", version="24.09-3", status="applied", **more: Any):
    return {"name": name, "app_version": version, "status": status, "progress": "completed", "active": True, **more}


def listed(*apps, overrides=()):
    """A reading: of charts, those of which somebody said something."""
    keep = COLLECTIONS["helm_overrides"].kept
    return rows(apps=apps, helm_charts=[], helm_overrides=[keep(one) for one in overrides])


def override(values=None, attributes=None, chart="snmp", namespace="kube-system", **more):
    keys = {"application": "snmp", "chart": chart, "namespace": namespace}
    return {**keys, "name": chart, "user_overrides": values, "attributes": attributes, **more}


def app(**said: Any) -> str:
    return str({"own": {"system": {"applications": {"snmp": said}}}}).replace("True", "true").replace("False", "false")


def charts(**said: Any) -> dict[str, Any]:
    return {"snmp": {"kube-system": said}}


def written(text, found):
    """Every call of the plan, in the order in which it is sent; nothing is blocked."""
    made = planned(text, found)
    assert made.blocked == ()
    return calls(made)


def paths(text, found):
    return [f"{call.method} {call.path}" for call in written(text, found)]


def test_an_application_that_is_as_git_says_is_left_alone():
    assert differences(app(version="24.09-3", state="applied"), listed(row())) == {}


def test_one_that_is_not_there_is_uploaded_and_then_applied():
    assert sent(app(version="24.09-3", state="applied"), listed()) == [
        f"POST apps tarfile={BUNDLED} name=snmp app_version=24.09-3",
        "PATCH apps/snmp?directive=apply values={}",
    ]


def test_each_call_waits_for_its_end_and_knows_how_it_fails():
    upload, apply = written(app(version="24.09-3", state="applied"), listed())
    assert (upload.until.values, upload.until.fails, upload.until.told_by) == (
        ("uploaded",),
        ("upload-failed",),
        "progress",
    )
    assert (apply.until.path, apply.until.values, apply.until.fails) == (
        "/v1/apps/snmp",
        ("applied",),
        ("apply-failed",),
    )


def test_what_git_says_of_its_charts_comes_between():
    said = app(version="24.09-3", state="applied", charts=charts(values={"port": 162}))
    assert paths(said, listed()) == [
        "POST /v1/apps",
        "PATCH /v1/helm_charts/snmp?name=snmp&namespace=kube-system",
        "PATCH /v1/apps/snmp?directive=apply",
    ]


def test_a_tarball_of_ones_own_is_sent_by_its_place():
    (call,) = written(app(tarball="/home/sysadmin/snmp.tgz"), listed())
    assert call.body == {"tarfile": "/home/sysadmin/snmp.tgz", "name": "snmp"}


def test_without_version_and_tarball_nobody_knows_what_to_upload():
    refusals = why_not(app(state="applied"), listed())
    assert "where its tarball is, is not said" in refusals["application/snmp"]
    assert planned(app(state="applied"), listed()).is_empty


def test_another_version_is_an_update_that_keeps_what_people_said():
    newer = BUNDLED.replace("24.09-3", "24.09-4")
    told = f"POST apps/update tarfile={newer} name=snmp app_version=24.09-4 reuse_user_overrides=true"
    assert sent(app(version="24.09-4"), listed(row())) == [told]
    assert planned(app(version="24.09-4"), listed(row())).disruption is Disruption.SERVICE


def test_another_version_of_what_is_only_uploaded_is_uploaded_anew_and_nobody_feels_it():
    found = listed(row(status="uploaded"))
    assert paths(app(version="24.09-4"), found) == ["DELETE /v1/apps/snmp", "POST /v1/apps"]
    assert planned(app(version="24.09-4"), found).disruption is Disruption.NONE


def test_one_that_is_only_to_be_known_is_uploaded_and_nobody_feels_it():
    assert paths(app(version="24.09-3", state="uploaded"), listed()) == ["POST /v1/apps"]
    assert planned(app(version="24.09-3", state="uploaded"), listed()).disruption is Disruption.NONE


def test_an_upload_that_failed_is_made_again():
    found = listed(row(status="upload-failed", progress="checksum validation failed."))
    assert paths(app(version="24.09-3", state="uploaded"), found) == ["DELETE /v1/apps/snmp", "POST /v1/apps"]


@pytest.mark.parametrize(
    ("status", "state", "calls"),
    [
        ("uploaded", "applied", ["apply"]),
        ("apply-failed", "applied", ["apply"]),
        ("remove-failed", "applied", ["remove", "apply"]),
        ("applied", "uploaded", ["remove"]),
        ("remove-failed", "uploaded", ["remove"]),
    ],
)
def test_a_state_is_reached_by_what_the_platform_allows_in_it(status, state, calls):
    found = listed(row(status=status))
    assert paths(app(state=state), found) == [f"PATCH /v1/apps/snmp?directive={call}" for call in calls]


@pytest.mark.parametrize("status", ["uploading", "applying", "updating", "recovering", "removing"])
def test_while_the_platform_is_at_it_nothing_is_asked(status):
    found = listed(row(status=status, progress="retrieving docker images"))
    told = why_not(app(version="24.09-4", state="applied", charts=charts(values={"a": 1})), found)
    assert all(f"the platform is at it: snmp is {status}" in reason for reason in told.values())
    assert {key.partition("/")[0] for key in told} == {"application", "application-state", "helm-override"}


def test_taking_it_out_of_the_cluster_is_destructive():
    assert planned(app(state="uploaded"), listed(row())).disruption is Disruption.DESTRUCTIVE


def test_one_that_is_to_be_gone_is_removed_and_deleted():
    found = listed(row())
    assert paths(app(state="removed"), found) == ["PATCH /v1/apps/snmp?directive=remove", "DELETE /v1/apps/snmp"]
    assert planned(app(state="removed"), found).disruption is Disruption.DESTRUCTIVE
    assert paths(app(state="removed"), listed(row(status="uploaded"))) == ["DELETE /v1/apps/snmp"]


def test_one_that_is_gone_stays_gone_and_its_charts_are_not_spoken_of():
    said = app(state="removed", charts=charts(values={"port": 162}))
    assert differences(said, listed()) == {}
    assert set(differences(said, listed(row()))) == {"application/snmp"}


def test_a_removal_by_commit_removes_first_what_is_applied():
    have = observed(listed(row()))
    key = ResourceKey("application", "snmp")
    change = Change(key, Action.DELETE, None, have.resources[key])
    kind = KINDS["application"]
    assert kind.deletion.is_destructive
    assert [call.method for call in kind.write([change], context("{}", listed(row())))] == ["PATCH", "DELETE"]


def test_one_of_the_platform_is_nothing_that_git_has_to_say():
    found = listed(row("cert-manager"), row())
    snapshot = observed(found)
    built_in = {
        k.name: KINDS["application"].is_built_in(r, snapshot)
        for k, r in snapshot.resources.items()
        if k.kind == "application"
    }
    assert built_in == {"cert-manager": True, "snmp": False}


# ---- charts


def test_an_applied_application_is_applied_once_more_for_all_of_its_charts():
    said = app(charts={"snmp": {"kube-system": {"values": {"port": 162}}}, "trap": {"kube-system": {"enabled": False}}})
    values, enabled, again = written(said, listed(row()))
    assert values.body == {
        "flags": {"reuse_values": False, "reset_values": True},
        "values": {"files": [Document({"port": 162})]},
        "attributes": {},
    }
    assert enabled.body["attributes"] == {"enabled": "false"}
    assert (again.once, again.path) == ("application snmp", "/v1/apps/snmp?directive=apply")


def test_turning_a_chart_off_leaves_its_values_alone():
    (call, _) = written(app(charts=charts(enabled=False)), listed(row(), overrides=[override("port: 1\n")]))
    assert call.body["flags"] == {"reuse_values": True, "reset_values": False}
    assert (
        differences(
            app(charts=charts(enabled=False)), listed(row(), overrides=[override("port: 1\n", "enabled: false\n")])
        )
        == {}
    )


@pytest.mark.parametrize(
    ("status", "attributes", "price"),
    [
        ("applied", None, Disruption.DESTRUCTIVE),
        ("apply-failed", "enabled: true\n", Disruption.DESTRUCTIVE),
        ("uploaded", None, Disruption.NONE),
    ],
)
def test_turning_a_chart_off_takes_what_it_made_in_the_cluster(status, attributes, price):
    """The platform deletes its release at the next apply (sysinv kube_app.py _cleanup_disabled_helm_releases)."""
    found = listed(row(status=status), overrides=[override(None, attributes)])
    assert planned(app(charts=charts(enabled=False)), found).disruption is price


def test_turning_a_chart_on_takes_nothing():
    found = listed(row(), overrides=[override(None, "enabled: false\n")])
    assert planned(app(charts=charts(enabled=True)), found).disruption is Disruption.SERVICE


def test_values_of_an_application_that_does_not_run_are_only_stored():
    found = listed(row(status="uploaded"))
    said = app(charts=charts(values={"port": 162}))
    assert paths(said, found) == ["PATCH /v1/helm_charts/snmp?name=snmp&namespace=kube-system"]
    assert planned(said, found).disruption is Disruption.NONE


def test_values_are_compared_as_helm_writes_them():
    said = app(charts=charts(values={"replicas": 2, "limit": 2000000, "day": "2026-11-21", "on": True}))
    shown = "day: 2026-11-21\nlimit: 2e+06\n'on': true\nreplicas: 2\n"
    assert differences(said, listed(row(), overrides=[override(shown)])) == {}


def test_a_value_that_somebody_added_is_drift():
    said, found = (
        app(charts=charts(values={"port": 162})),
        listed(row(), overrides=[override("port: 162\ndebug: true\n")]),
    )
    change = difference(said, found)
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [
        ("values", {"port": 162, "debug": True}, {"port": 162})
    ]


def test_a_secret_is_compared_by_its_digest_and_sent_in_its_place(monkeypatch):
    monkeypatch.setenv("COMMUNITY", "s3cret")
    said = app(charts=charts(values={"trap": {"community_token": {"secretRef": "env:COMMUNITY"}, "port": 162}}))
    shown = "trap:\n  community_token: s3cret\n  port: 162\n"
    assert differences(said, listed(row(), overrides=[override(shown)])) == {}
    call, _ = written(said, listed(row(), overrides=[override(shown.replace("s3cret", "older"))]))
    (document,) = call.body["values"]["files"]
    assert document == Document({"trap": {"community_token": SecretRef("env:COMMUNITY"), "port": 162}})


def test_of_secrets_nothing_is_kept_but_what_tells_them_apart(monkeypatch):
    monkeypatch.setenv("COMMUNITY", "s3cret")
    shown = override(
        "community_token: s3cret\n", combined_overrides="community_token: s3cret", system_overrides="x: s3cret"
    )
    found = listed(row(), overrides=[shown])
    said = app(charts=charts(values={"community_token": {"secretRef": "env:COMMUNITY"}, "port": 1}))
    assert "s3cret" not in repr((found, observed(found), planned(said, found), desired(said)))
    assert resource("helm-override", found).spec.values == {"community_token": digest("s3cret")}


def test_without_its_secret_a_chart_is_not_judged():
    said = app(charts=charts(values={"admin_password": {"secretRef": "env:NOT_THERE"}}))
    ((key, why),) = desired(said).sealed.items()
    assert (str(key), "NOT_THERE" in why) == ("helm-override/snmp/snmp/kube-system", True)
    assert planned(said, listed(row())).is_empty


def test_what_git_lets_go_of_keeps_its_values():
    have = observed(listed(row(), overrides=[override("port: 1\n")]))
    (key,) = (key for key in have.resources if key.kind == "helm-override")
    assert "say `values: {}` first" in KINDS["helm-override"].why_not(
        Change(key, Action.DELETE, None, have.resources[key]), context("{}", listed(row()))
    )


def test_what_a_site_shows_can_be_said_and_a_secret_cannot():
    have = observed(listed(row(), overrides=[override("port: 1\n"), override("admin_password: x\n", namespace="b")]))
    said = {
        place.path[2:]: place.value
        for r in have.resources.values()
        for place in KINDS[r.key.kind].express(r, have)
        if r.key.kind in {"application", "application-state", "helm-override"} and place.value is not None
    }
    assert said == {
        ("snmp", "version"): "24.09-3",
        ("snmp", "state"): "applied",
        ("snmp", "charts", "snmp", "kube-system", "enabled"): True,
        ("snmp", "charts", "snmp", "kube-system", "values"): {"port": 1},
        ("snmp", "charts", "snmp", "b", "enabled"): True,
    }
    withheld = [k.name for k, r in have.resources.items() if KINDS[k.kind].withheld(r, have)]
    assert withheld == ["snmp/snmp/b"]
