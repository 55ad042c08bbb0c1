"""A strategy of a simulated central cloud has the VIMs of its sites do the work, and ends at each as that does."""

from __future__ import annotations

import pytest

from reconciler.simulator import dcmanager, usm, vim
from reconciler.simulator.exchange import Response
from reconciler.simulator.usm import releases
from reconciler.simulator.vim import rows as vim_rows
from tests.simulator.central import Centre

RELEASE = "starlingx-24.09.1"
SERVICES = {"nfv": vim.handle, "usm": usm.handle}


class Site:
    """What the centre sees of one site."""

    def __init__(self, system):
        self.system, self.is_away = system, False

    def answers(self, _row):
        return True

    def alarms(self, _row):
        return {}

    def ask(self, _row, service, request):
        return Response(503) if self.is_away else SERVICES[service](self.system, request)


@pytest.fixture
def site(running):
    releases.fill(running.system)
    releases.put(running.system, "24.09.1")
    return Site(running.system)


@pytest.fixture
def centre(site):
    centre = Centre(dcmanager.central(("one",)), site)
    row = centre.system.tables.first("subclouds", name="one")
    centre.set("one", sync={**row["sync"], "software": "out-of-sync"})
    return centre


def begun(centre, **said):
    body = {"type": "sw-deploy", "release_id": RELEASE, "delete": "true", "cloud_name": "one", **said}
    centre.send("POST", "/sw-update-strategy", body)
    centre.send("POST", "/sw-update-strategy/actions", {"action": "apply"})
    centre.get("/sw-update-strategy")  # sites are asked when the centre is


def step(centre):
    return centre.get("/sw-update-strategy/steps")["strategy-steps"][0]


def ended(centre, site, most=400):
    """Its step once it has ended; time passes at both."""
    for _ in range(most):
        now = step(centre)
        if now["stage"] == "Complete":
            return now
        for system in (centre.system, site.system):
            system.advance(system.now + 10.0)
    raise AssertionError(step(centre))


def runs(site):
    return releases.running(site.system)["sw_version"]


def test_the_site_runs_the_release_when_its_step_is_complete(centre, site):
    begun(centre)
    assert step(centre)["state"] == "create VIM sw-deploy strategy"
    assert vim_rows.current(site.system)["state"] == "building"
    assert ended(centre, site)["state"] == "complete"
    assert runs(site) == "24.09.1"
    assert centre.get("/sw-update-strategy")["state"] == "complete"
    assert centre.status("one") == "complete"


def test_deleting_it_deletes_the_strategy_of_the_sites_vim(centre, site):
    begun(centre)
    ended(centre, site)
    assert vim_rows.current(site.system)["state"] == "applied"
    assert centre.send("DELETE", "/sw-update-strategy")[1]["state"] == "deleting"
    assert centre.ask("GET", "/sw-update-strategy")[0] == 404
    assert vim_rows.current(site.system) is None


def test_a_site_that_fails_says_so_in_dcmanagers_words_which_know_less_than_vims(centre, site):
    site.system.marks.add("deploy-host-fails:controller-0:ostree pull failed")
    begun(centre)
    now = ended(centre, site)
    assert now["state"] == "failed"
    assert now["details"].startswith(
        "apply VIM sw-deploy strategy: Failed for subcloud one: VIM strategy unexpected apply state. State: abort"
    )
    assert runs(site) == "24.09.0"
    assert centre.status("one") == "sw-deploy-apply-strategy-failed"


def test_a_release_that_is_not_there_is_refused_before_anything_is_done(centre, site):
    for row in releases.in_state(site.system, "available"):
        site.system.tables.delete(releases.TABLE, releases.found(site.system, row["release_id"])["uuid"])
    begun(centre)
    assert step(centre)["details"].endswith(f"Failed for subcloud one: Release {RELEASE} is not prestaged.")
    assert vim_rows.current(site.system) is None


def test_one_that_runs_it_already_is_done_at_once(centre, site):
    releases.set_state(site.system, [RELEASE], "deployed")
    begun(centre)
    assert step(centre)["state"] == "complete"
    assert vim_rows.current(site.system) is None


def test_a_vim_that_is_at_work_is_not_disturbed(centre, site):
    row = site.system.insert(vim_rows.TABLE, name="sw-upgrade", state="applying", phase="apply")
    begun(centre)
    assert "There already is an existing strategy in this state. State: applying" in step(centre)["details"]
    assert vim_rows.current(site.system)["uuid"] == row["uuid"]


def test_a_site_that_is_away_is_asked_again(centre, site):
    begun(centre)
    site.is_away = True
    for _ in range(30):
        centre.system.advance(centre.system.now + 100.0)
        assert step(centre)["state"] == "create VIM sw-deploy strategy"
    site.is_away = False
    assert ended(centre, site)["state"] == "complete"


def test_how_hosts_are_gone_through_its_options_say(centre, site):
    said = {
        "storage-apply-type": "serial",
        "worker-apply-type": "serial",
        "max-parallel-workers": 2,
        "alarm-restriction-type": "strict",
        "default-instance-action": "stop-start",
    }
    centre.send("POST", "/sw-update-options/one", said)
    begun(centre)
    there = vim_rows.current(site.system)
    assert (there["worker_apply_type"], there["alarm_restrictions"]) == ("serial", "strict")
    assert there["asked"] == {"release": RELEASE, "delete": True}
