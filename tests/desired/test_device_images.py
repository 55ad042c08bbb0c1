"""Images for accelerators, in fleet.yaml and in site.yaml."""

from __future__ import annotations

import pytest

from tests.desired.test_software import FLEET, SITE_FILE, loaded, refusals


def test_each_is_merged_by_its_name_and_key_by_key():
    fleet = FLEET.replace("{version: v1.30.6}", '{version: v1.30.6}\n    deviceImages: {ran: {bitstream: "0x23a5"}}')
    site = loaded('group: east\ndeviceImages: {ran: {labels: [fpga=ran]}, key: {rootKey: "0xbeef"}}\n', fleet)
    assert site.device_images.plain() == {
        "ran": {"bitstream": "0x23a5", "labels": ["fpga=ran"]},
        "key": {"rootKey": "0xbeef"},
    }
    assert site.device_images.at("ran", "bitstream").origin.file == "fleet.yaml"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("{labels: [fpga=ran]}", "deviceImages.ran needs one of bitstream, rootKey, revokesKey"),
        ('{bitstream: "0x1", revokesKey: 1}', "needs one of"),
        ("{revokesKey: 1, bmc: true}", "bmc and retimer are of functional images alone"),
        ('{bitstream: "ran.bin"}', "must be a hexadecimal number in quotes"),
        ("{bitstream: 0x23a5}", "ran.bitstream"),
        ('{bitstream: "0x1", labels: [fpga]}', "must have the form key=value"),
        ('{bitstream: "0x1", state: gone}', "state"),
        ('{bitstream: "0x1", file: ran.bin}', "file is not known"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(said, word):
    told = refusals(f"deviceImages: {{ran: {said}}}\n")
    assert word in told
    assert f"{SITE_FILE}:1" in told
