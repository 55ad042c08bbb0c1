"""Images for accelerators on a simulated system: applied by labels, written by hosts, and by its VIM host after host."""

from __future__ import annotations

import pytest

from .accelerators import accelerator, image, written
from .software import BODY, Vim

NAME, PATH = "fw-update", "/device_images"


@pytest.fixture
def vim(running) -> Vim:
    return Vim(running.system)


def act(api, uuid, action, *labels):
    return api.ok("PATCH", f"{PATH}/{uuid}?action={action}", [dict(label) for label in labels])


def listed(api):
    (row,) = api.get(PATH)["device_images"]
    return row["applied"], row["applied_labels"]


def alarms(api):
    return [row["alarm_id"] for row in api.system.tables.rows("alarms")]


class TestSysinv:
    def test_an_image_goes_to_every_device_or_to_those_with_a_label(self, running):
        uuid = image(running.system)
        accelerator(running.system, "controller-0", fpga="ran")
        assert listed(running) == (False, None)
        act(running, uuid, "apply", {"fpga": "core"})
        assert (listed(running), written(running.system)) == ((True, [{"fpga": "core"}]), {})
        act(running, uuid, "apply", {"fpga": "ran"})
        assert written(running.system) == {"controller-0": "pending"}
        act(running, uuid, "remove", {"fpga": "ran"})
        act(running, uuid, "apply")
        assert listed(running)[1] == [{"fpga": "core"}, {}]
        assert running.host("controller-0")["device_image_update"] == "pending"

    def test_the_alarm_stands_until_the_host_has_rebooted(self, running):
        accelerator(running.system, "controller-0")
        act(running, image(running.system), "apply")
        assert alarms(running) == ["900.006"]
        running.ok("POST", "/ihosts/controller-0/device_image_update")
        running.system.settle()
        host = running.host("controller-0")
        assert (written(running.system), host["reboot_needed"], alarms(running)) == (
            {"controller-0": "completed"},
            True,
            ["900.006"],
        )
        for action in ("lock", "unlock"):
            running.act("controller-0", action)
            running.system.settle()
        assert (running.host("controller-0")["reboot_needed"], "900.006" in alarms(running)) == (False, False)

    def test_another_functional_image_takes_the_place_of_the_first(self, running):
        accelerator(running.system, "controller-0", fpga="ran")
        first, second = image(running.system), image(running.system, "0x77")
        for uuid in (first, second):
            act(running, uuid, "apply", {"fpga": "ran"})
        (state,) = running.get("/device_image_state")["device_image_state"]
        assert state["image_uuid"] == second
        assert {row["uuid"] for row in running.get(PATH)["device_images"] if row["applied"]} == {second}

    def test_a_root_key_is_there_for_good(self, running):
        accelerator(running.system, "controller-0")
        keys = [image(running.system, bitstream_type="root-key", key_signature=text) for text in ("0xa", "0xb")]
        act(running, keys[0], "apply")
        status, text = running.refusal("PATCH", f"{PATH}/{keys[1]}?action=apply", [])
        assert (status, "is already applied to host controller-0" in text) == (400, True)

    @pytest.mark.parametrize(
        ("action", "body", "word"),
        [("remove", [{"fpga": "ran"}], "label fpga=ran does not exist"), ("burn", [], "not permitted")],
    )
    def test_what_cannot_be_is_refused(self, running, action, body, word):
        assert word in running.refusal("PATCH", f"{PATH}/{image(running.system)}?action={action}", body)[1]

    def test_a_label_that_a_device_gets_later_leaves_its_host_unmarked(self, running):
        """Sysinv device_label.py add_device_image_state: VIM passes over the host."""
        accelerator(running.system, "controller-0")
        act(running, image(running.system), "apply", {"fpga": "ran"})
        (device,) = running.system.tables.rows("pci_devices", pdevice_id="0b30")
        running.ok("POST", "/device_labels", [{"pcidevice_uuid": device["uuid"]}, {"fpga": "ran"}])
        assert written(running.system) == {"controller-0": "pending"}
        assert not running.host("controller-0")["device_image_update"]

    def test_a_label_that_is_taken_off_has_all_forgotten_that_was_written_there(self, running):
        accelerator(running.system, "controller-0", fpga="ran", rack="one")
        act(running, image(running.system), "apply", {"fpga": "ran"})
        label = next(row for row in running.get("/device_labels")["device_labels"] if row["label_key"] == "rack")
        running.ok("DELETE", f"/device_labels/{label['uuid']}")
        assert written(running.system) == {}

    def test_a_host_writes_in_service_and_one_at_a_time(self, running):
        accelerator(running.system, "controller-0")
        act(running, image(running.system), "apply")
        running.ok("POST", "/ihosts/controller-0/device_image_update")
        assert "already in the process" in running.refusal("POST", "/ihosts/controller-0/device_image_update")[1]


class TestVim:
    def test_it_has_hosts_write_and_reboots_them(self, running, vim):
        accelerator(running.system, "controller-0")
        act(running, image(running.system), "apply")
        (stage,) = vim.create(NAME)["apply-phase"]["stages"]
        assert [step["step-name"] for step in stage["steps"]] == [
            "query-alarms", "fw-update-hosts", "lock-hosts", "system-stabilize", "unlock-hosts", "system-stabilize",
        ]  # fmt: skip
        assert vim.apply(NAME)["state"] == "applied"
        assert (written(running.system), running.host("controller-0")["reboot_needed"]) == (
            {"controller-0": "completed"},
            False,
        )

    def test_nothing_to_write_is_nothing_to_do(self, vim):
        built = vim.create(NAME)
        assert (built["state"], built["build-phase"]["reason"]) == ("build-failed", "no firmware update required")

    def test_a_host_that_fails_is_named_and_tried_again_by_the_next_strategy(self, running, vim):
        accelerator(running.system, "controller-0")
        act(running, image(running.system), "apply")
        running.system.marks.add("device-image-fails:controller-0")
        vim.create(NAME)
        ended = vim.apply(NAME)
        assert (ended["state"], ended["apply-phase"]["reason"]) == ("aborted", "Firmware update failed ; controller-0 ")
        assert running.host("controller-0")["administrative"] == "unlocked"
        vim.send("DELETE", f"{NAME}/strategy", {"force": False})
        vim.create(NAME)
        assert vim.apply(NAME)["state"] == "applied"

    @pytest.mark.parametrize("said", [{"max-parallel-worker-hosts": 6}, {"release": "24.09"}])
    def test_it_takes_less_than_others(self, vim, said):
        assert vim.send("POST", f"{NAME}/strategy", {**BODY, **said}).status == 400
