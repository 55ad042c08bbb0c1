"""What dcmanager's strategies bring about at the sites behind its subclouds: their own VIMs do it."""

from __future__ import annotations

import pytest

from reconciler.simulator import dcmanager, usm, vim
from reconciler.simulator.sysinv import device_images, kube_rootca

from .accelerators import accelerator, image, written
from .central import Centre
from .test_central_strategies import act, create, out_of_sync, steps, strategy

ROUND_S = 60.0


class Behind:
    """One site, behind the subcloud `one`."""

    def __init__(self, system):
        self.system = system

    def answers(self, row):
        return True if row["name"] == "one" else None

    def ask(self, row, service, request):
        services = {"nfv": vim.handle, "usm": usm.handle}
        handle = services.get(service, lambda system, asked: system.handle(asked))
        return handle(self.system, request) if row["name"] == "one" else None

    def alarms(self, row):
        return {}

    def oam(self, row):
        return ""


@pytest.fixture
def centre(running):
    return Centre(dcmanager.central(("one",)), Behind(running.system))


def wait(centre, running, rounds=200):
    """Centre and site go on, side by side."""
    for _ in range(rounds):
        for system in (centre.system, running.system):
            system.advance(system.now + ROUND_S)
        if steps(centre)["one"] in {"complete", "failed"}:
            return
    raise AssertionError(steps(centre))


def test_a_root_certificate_is_renewed_by_the_sites_own_vim(centre, running):
    out_of_sync(centre, "one", endpoint="kube-rootca")
    before = kube_rootca.authority(running.system)["serial"]
    extra = {"expiry-date": "2040-06-01", "subject": "C=CA CN=ran"}
    assert create(centre, "kube-rootca-update", **extra)[0] == 200
    act(centre, "apply")
    wait(centre, running)
    now = kube_rootca.authority(running.system)
    assert (steps(centre), strategy(centre)["state"]) == ({"one": "complete"}, "complete")
    assert (now["serial"] == before, now["ends"][:10], now["subject"]) == (False, "2040-06-01", "C=CA,CN=ran")


def test_what_vim_could_not_do_fails_the_step(centre, running):
    """VIM gives up by itself, and to dcmanager that is no state that it expects."""
    out_of_sync(centre, "one", endpoint="kube-rootca")
    running.system.marks.add("rootca-host-fails:update-certs:controller-0")
    create(centre, "kube-rootca-update")
    act(centre, "apply")
    wait(centre, running)
    (row,) = centre.get("/sw-update-strategy/steps")["strategy-steps"]
    assert (row["state"], "unexpected apply state" in row["details"]) == ("failed", True)


def test_kubernetes_goes_to_its_version_and_ends_with_vim(centre, running):
    out_of_sync(centre, "one", endpoint="kubernetes")
    create(centre, "kubernetes", **{"to-version": "v1.30.6"})
    act(centre, "apply")
    wait(centre, running)
    assert steps(centre) == {"one": "complete"}
    assert running.system.tables.first("kube_versions", state="active")["version"] == "v1.30.6"


def test_images_that_the_centre_has_applied_are_imported_and_written(centre, running):
    out_of_sync(centre, "one", endpoint="firmware")
    accelerator(running.system, "controller-0", fpga="ran")
    own = image(running.system, "0x77")
    running.ok("PATCH", f"/device_images/{own}?action=apply", [{"fpga": "ran"}])
    uuid = image(centre.system)
    centre.system.insert(device_images.PLACES, image_uuid=uuid, label_key="fpga", label_value="ran")
    create(centre, "firmware")
    act(centre, "apply")
    wait(centre, running)
    assert (steps(centre), written(running.system)) == ({"one": "complete"}, {"controller-0": "completed"})
    assert [row["uuid"] for row in running.get("/device_images")["device_images"] if row["applied"]] == [uuid]


def test_a_host_that_does_not_write_fails_the_step(centre, running):
    out_of_sync(centre, "one", endpoint="firmware")
    accelerator(running.system, "controller-0")
    centre.system.update(device_images.TABLE, image(centre.system), everywhere=True)
    running.system.marks.add("device-image-fails:controller-0")
    create(centre, "firmware")
    act(centre, "apply")
    wait(centre, running)
    assert steps(centre) == {"one": "failed"}
