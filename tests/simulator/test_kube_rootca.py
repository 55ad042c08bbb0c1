"""Renewing the root certificate of Kubernetes on a simulated system: by its sysinv, phase by phase, and by its VIM."""

from __future__ import annotations

import pytest

from .software import BODY, Vim

UPDATE, NAME = "/kube_rootca_update", "kube-rootca-update"
PHASES = (("hosts", "trust-both-cas"), ("pods", "trust-both-cas"), ("hosts", "update-certs"), ("hosts", "trust-new-ca"))


@pytest.fixture
def vim(running) -> Vim:
    return Vim(running.system)


def certificate(api):
    return api.get("/certificate/get_all_certs")["kubernetes-root-ca"]


def state(api):
    return [row["state"] for row in api.get(UPDATE)["kube_rootca_updates"]]


def update_hosts(api, phase):
    for host in api.get("/ihosts")["ihosts"]:
        api.ok("POST", f"/ihosts/{host['uuid']}/kube_update_ca", {"phase": phase})
        api.system.settle()


def update(api, what, phase):
    if what == "hosts":
        update_hosts(api, phase)
    else:
        api.ok("POST", f"{UPDATE}/pods", {"phase": phase})
        api.system.settle()


def end(api, word):
    return api.ok("PATCH", UPDATE, [{"op": "replace", "path": "/state", "value": f"update-{word}"}])


class TestSysinv:
    def test_it_is_shown_with_its_days_in_words(self, running):
        shown = certificate(running)
        assert shown["Validity"]["Not After"] == "January 01 00:00:00 2036"
        assert (shown["Residual Time"].endswith("d"), shown["Renewal"]) == (True, "Manual")
        assert running.get(f"{UPDATE}/get_cert_id")["error"] == ""

    def test_from_its_start_to_its_end(self, running):
        before = certificate(running)
        assert state(running) == []
        running.ok("POST", UPDATE, {"force": True})
        assert running.ok("POST", f"{UPDATE}/generate_cert", {"expiry_date": "2040-06-01", "subject": None})["success"]
        for what, phase in PHASES[:-1]:
            update(running, what, phase)
            assert certificate(running)["Serial Number"] == before["Serial Number"]
        update(running, *PHASES[-1])
        assert state(running) == ["updated-host-trust-new-ca"]
        assert certificate(running)["Validity"]["Not After"].startswith("June 01")
        update(running, "pods", "trust-new-ca")
        assert end(running, "completed")["state"] == "update-completed"
        assert state(running) == []

    @pytest.mark.parametrize(
        ("path", "body", "word"),
        [
            ("/ihosts/controller-0/kube_update_ca", {"phase": "trust-both-cas"}, "No update in progress"),
            (f"{UPDATE}/pods", {"phase": "trust-both-cas"}, "No update in progress"),
        ],
    )
    def test_nothing_goes_before_its_start(self, running, path, body, word):
        status, text = running.refusal("POST", path, body)
        assert (status, word in text) == (400, True)

    def test_phases_have_their_order(self, running):
        running.ok("POST", UPDATE, {})
        status, text = running.refusal("POST", "/ihosts/controller-0/kube_update_ca", {"phase": "update-certs"})
        assert (status, "only allowed when in state: updated-pods-trust-both-cas" in text) == (400, True)
        _, text = running.refusal("POST", f"{UPDATE}/pods", {"phase": "trust-new-ca"})
        assert "not allowed when cluster update is in state: update-started" in text
        _, text = running.refusal("PATCH", UPDATE, [{"op": "replace", "path": "/state", "value": "update-completed"}])
        assert "Expect to find cluster update state updated-pods-trust-new-ca" in text

    def test_there_is_one_at_a_time_until_it_is_given_up(self, running):
        running.ok("POST", UPDATE, {})
        assert "already in progress" in running.refusal("POST", UPDATE, {})[1]
        end(running, "aborted")
        assert state(running) == ["update-aborted"]
        running.ok("POST", UPDATE, {})
        assert state(running) == ["update-started"]

    @pytest.mark.parametrize(("table", "what"), [("kube_upgrade", "kube"), ("usm_deploy", "platform")])
    def test_not_while_something_else_is_upgraded(self, running, table, what):
        running.system.insert(table, state="host", from_release="24.09.0", to_release="24.09.1")
        assert f"while a {what} upgrade is in progress" in running.refusal("POST", UPDATE, {})[1]

    @pytest.mark.parametrize(
        ("body", "word"),
        [
            ({"expiry_date": "2026-01-02"}, "at least 24 hours"),
            ({"expiry_date": "soon"}, "doesn't match format"),
            ({"subject": "O=Example"}, "CN=<commonName> parameter is required"),
            ({"subject": "X=1 CN=a"}, "not supported"),
        ],
    )
    def test_a_certificate_that_cannot_be_is_refused(self, running, body, word):
        running.ok("POST", UPDATE, {})
        assert word in running.refusal("POST", f"{UPDATE}/generate_cert", body)[1]


class TestVim:
    def test_it_goes_from_host_to_host_and_locks_none(self, running, vim):
        before = certificate(running)
        built = vim.create(NAME, expiry_date="2040-06-01")
        names = [stage["stage-name"].removeprefix(f"{NAME}-") for stage in built["apply-phase"]["stages"]]
        assert names == [
            "start", "cert", "hosts-trustbothcas", "pods-trustbothcas", "hosts-updatecerts", "hosts-trustnewca",
            "pods-trustnewca", "complete",
        ]  # fmt: skip
        assert vim.apply(NAME)["state"] == "applied"
        assert certificate(running)["Serial Number"] != before["Serial Number"]
        assert state(running) == []
        assert all(host["administrative"] == "unlocked" for host in running.get("/ihosts")["ihosts"])

    def test_a_host_that_fails_has_it_given_up_and_the_next_strategy_begins_anew(self, running, vim):
        running.system.marks.add("rootca-host-fails:trust-new-ca:controller-0")
        vim.create(NAME)
        ended = vim.apply(NAME)
        assert (ended["state"], ended["apply-phase"]["reason"]) == (
            "aborted",
            "kube-rootca-update-host-trustnewca for host(controller-0) failed",
        )
        assert state(running) == ["update-aborted"]
        vim.send("DELETE", f"{NAME}/strategy", {"force": False})
        assert vim.create(NAME)["apply-phase"]["total-stages"] == 8
        assert vim.apply(NAME)["state"] == "applied"

    def test_pods_that_fail_leave_it_where_the_next_strategy_goes_on(self, running, vim):
        running.system.marks.add("rootca-pods-fail:trust-both-cas")
        vim.create(NAME)
        assert vim.apply(NAME)["state"] == "aborted"
        assert state(running) == ["updating-pods-trust-both-cas-failed"]
        vim.send("DELETE", f"{NAME}/strategy", {"force": False})
        first = vim.create(NAME)["apply-phase"]["stages"][0]
        assert first["stage-name"] == "kube-rootca-update-pods-trustbothcas"
        assert vim.apply(NAME)["state"] == "applied"

    def test_what_sysinv_refuses_is_its_reason(self, running, vim):
        vim.create(NAME)
        running.system.insert("kube_upgrade", state="upgrade-started")
        assert "kube upgrade is in progress" in vim.apply(NAME)["apply-phase"]["reason"]

    @pytest.mark.parametrize(
        ("said", "word"),
        [
            ({"expiry-date": "tomorrow"}, "YYYY-MM-DD"),
            ({"subject": "O=Example"}, "CN=<commonName>"),
            ({"controller-apply-type": "parallel"}, "must be 'serial'"),
        ],
    )
    def test_what_cannot_be_is_refused(self, vim, said, word):
        answer = vim.send("POST", f"{NAME}/strategy", {**BODY, **said})
        assert (answer.status, word in answer.body["faultstring"]) == (400, True)

    @pytest.mark.parametrize(
        ("state", "first"),
        [
            ("update-started", "cert"),
            ("updating-host-trust-both-cas", "hosts-trustbothcas"),
            ("updated-pods-trust-both-cas", "hosts-updatecerts"),
            ("updating-host-trust-new-ca-failed", "hosts-trustnewca"),
            ("updated-pods-trust-new-ca", "complete"),
        ],
    )
    def test_the_state_that_sysinv_has_says_where_to_go_on(self, running, vim, state, first):
        running.system.insert("kube_rootca_update", state=state)
        assert vim.create(NAME)["apply-phase"]["stages"][0]["stage-name"] == f"{NAME}-{first}"

    def test_a_state_that_nobody_knows_is_none_to_go_on_from(self, running, vim):
        running.system.insert("kube_rootca_update", state="update-odd")
        built = vim.create(NAME)
        assert (built["state"], "Unable to resume" in built["build-phase"]["reason"]) == ("build-failed", True)
