"""Applications and what is said of their charts on a simulated system: states on the clock, refusals, alarms."""

from __future__ import annotations

import pytest

BUNDLED = "/usr/local/share/applications/helm/snmp-24.09-3.tgz"
NEWER = "/usr/local/share/applications/helm/snmp-24.09-4.tgz"
CHART = "/helm_charts/snmp?name=snmp&namespace=kube-system"
APP_ACTION_S = 60


def app(api, name="snmp"):
    return api.get(f"/apps/{name}")


def states(api, name="snmp"):
    """What it shows as its status and progress, from one event to the next, until nothing more is to come."""
    seen = []
    while (due := api.system.timeline.next_due()) is not None:
        api.system.advance(due)
        row = app(api, name)
        seen.append((row["status"], row["progress"]))
    return seen


def alarms(api):
    rows = api.system.tables.rows("alarms")
    return [(r["alarm_id"], r["entity_instance_id"], r["severity"]) for r in rows if r["alarm_id"].startswith("750")]


def apply(api, name="snmp"):
    return api.ok("PATCH", f"/apps/{name}?directive=apply", {"values": {}})


def remove(api, query="", name="snmp"):
    return api.ok("PATCH", f"/apps/{name}?directive=remove{query}", {"values": {}})


def overrides(api, files=(), attributes=None, **flags):
    return api.ok("PATCH", CHART, {"flags": flags, "values": {"files": list(files)}, "attributes": attributes or {}})


@pytest.fixture
def uploaded(running):
    running.system.settle()
    running.ok("POST", "/apps", {"tarfile": BUNDLED})
    running.system.settle()
    return running


@pytest.fixture
def applied(uploaded):
    apply(uploaded)
    uploaded.system.settle()
    return uploaded


def test_an_upload_answers_at_once_and_ends_on_the_clock(running):
    running.system.settle()
    begun = running.ok("POST", "/apps", {"tarfile": BUNDLED})
    assert (begun["name"], begun["app_version"], begun["status"]) == ("snmp", "24.09-3", "uploading")
    before = running.system.now
    assert states(running) == [
        ("uploading", "extracting application tar file"),
        ("uploading", "validating and uploading charts"),
        ("uploaded", "completed"),
    ]
    assert running.system.now - before == pytest.approx(APP_ACTION_S)


def test_a_file_that_is_not_there_cannot_be_extracted_as_recorded(running):
    status, text = running.refusal("POST", "/apps", {"tarfile": "/nonexistent.tgz"})
    assert (status, text.startswith("Application-upload rejected: failed to extract tar file ")) == (400, True)
    assert text.endswith("-nonexistent.tgz.")


def test_a_file_by_any_name_is_there_once_somebody_put_it_there(running):
    running.system.insert("app_tarballs", path="/home/sysadmin/ours.tgz", name="ours", version="1.0.2")
    assert running.ok("POST", "/apps", {"tarfile": "/home/sysadmin/ours.tgz"})["app_version"] == "1.0.2"


def test_an_application_is_uploaded_once(uploaded):
    status, text = uploaded.refusal("POST", "/apps", {"tarfile": NEWER})
    assert (status, text) == (400, "Application-upload rejected: application snmp already exists.")


def test_it_is_applied_with_an_alarm_while_it_goes_on(uploaded):
    assert apply(uploaded)["status"] == "applying"
    assert alarms(uploaded) == [("750.004", "k8s_application=snmp", "warning")]
    assert [progress for _, progress in states(uploaded)][:3] == [
        "generating application overrides",
        "retrieving docker images",
        "applying application manifest",
    ]
    assert (app(uploaded)["status"], app(uploaded)["active"], alarms(uploaded)) == ("applied", True, [])


@pytest.mark.parametrize("directive", ["apply", "remove", "abort"])
def test_what_goes_on_is_refused_to_begin_again_and_may_be_aborted(uploaded, directive):
    apply(uploaded)
    response = uploaded.send("PATCH", f"/apps/snmp?directive={directive}", {"values": {}})
    assert response.status == (200 if directive == "abort" else 400)


def test_an_abort_ends_it_as_failed(uploaded):
    apply(uploaded)
    uploaded.ok("PATCH", "/apps/snmp?directive=abort", {"values": {}})
    uploaded.system.settle()
    assert (app(uploaded)["status"], app(uploaded)["progress"]) == ("apply-failed", "operation aborted by user")
    assert alarms(uploaded) == [("750.002", "k8s_application=snmp", "major")]


def test_what_hangs_ends_when_it_is_aborted(uploaded):
    uploaded.system.marks.add("app-hangs:snmp")
    apply(uploaded)
    uploaded.system.settle()
    assert app(uploaded)["status"] == "applying"
    uploaded.ok("PATCH", "/apps/snmp?directive=abort", {"values": {}})
    uploaded.system.settle()
    assert app(uploaded)["status"] == "apply-failed"


def test_only_what_is_not_applied_is_deleted(applied):
    _, text = applied.refusal("DELETE", "/apps/snmp")
    assert text == "Application-delete rejected: operation is not allowed while the current status is applied."
    assert remove(applied)["status"] == "removing"
    applied.system.settle()
    assert (app(applied)["status"], app(applied)["active"]) == ("uploaded", False)
    applied.ok("DELETE", "/apps/snmp")
    assert applied.refusal("GET", "/apps/snmp") == (404, "No application with name snmp.")


@pytest.mark.parametrize(
    ("operation", "status", "alarm"),
    [("apply", "apply-failed", "750.002"), ("remove", "remove-failed", "750.003")],
)
def test_a_failure_says_why_and_raises_its_alarm(applied, operation, status, alarm):
    applied.system.marks.add(f"app-{operation}-fails:snmp:no image")
    applied.ok("PATCH", f"/apps/snmp?directive={operation}", {"values": {}})
    applied.system.settle()
    assert (app(applied)["status"], app(applied)["progress"]) == (status, "no image")
    assert [one[0] for one in alarms(applied)] == [alarm]


def test_a_failed_upload_is_deleted_with_its_alarm(running):
    running.system.settle()
    running.system.marks.add("app-upload-fails:snmp:bad manifest")
    running.ok("POST", "/apps", {"tarfile": BUNDLED})
    running.system.settle()
    assert (app(running)["status"], [one[0] for one in alarms(running)]) == ("upload-failed", ["750.001"])
    running.ok("DELETE", "/apps/snmp")
    assert alarms(running) == []


def test_a_removal_that_fails_is_uploaded_where_it_was_forced(applied):
    applied.system.marks.add("app-remove-fails:snmp:stuck")
    remove(applied, "&force=True")
    applied.system.settle()
    assert app(applied)["status"] == "uploaded"


def test_what_its_metadata_forbids_is_refused_to_people(applied):
    applied.system.marks.add("app-forbids:remove:snmp")
    _, text = applied.refusal("PATCH", "/apps/snmp?directive=remove", {"values": {}})
    assert text == "Application-remove rejected: Remove is disabled for this version of snmp"


def test_an_update_keeps_overrides_only_where_it_is_told_to(applied):
    for tarball, flag, left in ((NEWER, {"reuse_user_overrides": "true"}, "port: 162\n"), (BUNDLED, {}, None)):
        overrides(applied, ["port: 162"])
        assert applied.ok("POST", "/apps/update", {"tarfile": tarball, **flag})["status"] == "updating"
        assert [one[0] for one in alarms(applied)] == ["750.005"]
        applied.system.settle()
        assert (app(applied)["status"], applied.get(CHART)["user_overrides"]) == ("applied", left)
        assert "completed" in app(applied)["progress"]


def test_an_update_that_fails_goes_back_to_the_version_before(applied):
    applied.system.marks.add("app-update-fails:snmp:no room")
    applied.ok("POST", "/apps/update", {"tarfile": NEWER})
    assert {status for status, _ in states(applied)} == {"updating", "recovering", "applied"}
    row = app(applied)
    assert row["app_version"] == "24.09-3"
    assert row["progress"].startswith("Application update from version 24.09-3 to version 24.09-4 aborted. ")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"tarfile": BUNDLED}, "the version 24.09-3 is already applied."),
        ({"tarfile": "/x/other-1.0-1.tgz"}, "application not found."),
        ({"tarfile": "/x/none.tgz"}, "application tar file /x/none.tgz does not exist."),
        ({"tarfile": NEWER, "reuse_user_overrides": True}, "invalid reuse_user_overrides setting."),
    ],
)
def test_updates_are_refused_in_the_words_of_the_source(applied, body, text):
    assert applied.refusal("POST", "/apps/update", body) == (400, f"Application-update rejected: {text}")


def test_values_replace_those_before_unless_they_are_to_be_merged(uploaded):
    overrides(uploaded, ["{trap: {port: 162, version: v3}}"])
    merged = overrides(uploaded, ["{trap: {port: 1162}}"], reuse_values=True, reset_values=False)
    assert merged["user_overrides"] == "trap:\n  port: 1162\n  version: v3\n"
    assert overrides(uploaded, ["{trap: {port: 2}}"])["user_overrides"] == "trap:\n  port: 2\n"


def test_a_chart_is_turned_off_and_the_values_are_left_alone(uploaded):
    overrides(uploaded, ["port: 1"])
    overrides(uploaded, attributes={"enabled": "false"}, reuse_values=True, reset_values=False)
    assert uploaded.get("/helm_charts?app_name=snmp") == {
        "charts": [{"name": "snmp", "enabled": [False], "namespaces": ["kube-system"]}]
    }
    shown = uploaded.get(CHART)
    assert (shown["attributes"], shown["user_overrides"]) == ("enabled: false\n", "port: 1\n")


def test_without_a_word_the_values_go(uploaded):
    """A call that only turns a chart off takes its values along (helm_charts.py patch: `reset_values` is the default)."""
    overrides(uploaded, ["port: 1"])
    overrides(uploaded, attributes={"enabled": "false"})
    assert uploaded.get(CHART)["user_overrides"] is None


def test_overrides_are_deleted_and_their_row_stays(uploaded):
    overrides(uploaded, ["port: 1"])
    uploaded.ok("DELETE", CHART)
    assert uploaded.get(CHART)["user_overrides"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "text"),
    [
        ("GET", "/helm_charts/snmp?name=&namespace=x", None, "Name must be specified."),
        ("GET", "/helm_charts/snmp?name=x&namespace=", None, "Namespace must be specified."),
        ("GET", "/helm_charts/none?name=x&namespace=y", None, "Application none not found."),
        (
            "PATCH",
            CHART,
            {"flags": {}, "values": {}, "attributes": {"colour": "red"}},
            "Invalid chart attribute: colour must be one of [enabled]",
        ),
        (
            "PATCH",
            CHART,
            {"flags": {"reuse_values": True}, "values": {}, "attributes": {}},
            "Invalid flags: 'reuse_values' and 'reset_values' cannot both be True.",
        ),
    ],
)
def test_charts_are_refused_in_the_words_of_the_source(uploaded, method, path, body, text):
    assert uploaded.refusal(method, path, body) == (400, text)


def test_no_host_is_unlocked_while_an_application_is_applied(uploaded):
    uploaded.act("controller-0", "lock")
    uploaded.system.settle()
    apply(uploaded)
    _, text = uploaded.refusal(
        "PATCH", "/ihosts/controller-0", [{"op": "replace", "path": "/action", "value": "unlock"}]
    )
    assert "while an application is being uploaded, applied, updated, recovered or removed" in text
