"""What the platform refuses of a board management controller."""

from __future__ import annotations

import pytest

from .conftest import Api, patch

BOARD = {"bm_type": "redfish", "bm_ip": "10.10.10.77", "bm_username": "root", "bm_password": "Li69nux*"}
ADDED = {"hostname": "compute-7", "personality": "worker", "mgmt_mac": "02:bb:00:00:00:07"}


def shown(api: Api, host: str = "controller-1") -> tuple[str | None, ...]:
    return tuple(api.host(host)[name] for name in ("bm_type", "bm_ip", "bm_username"))


def test_it_is_set_with_its_credentials_and_the_password_is_shown_by_nobody(pair):
    answer = pair.patch("/ihosts/controller-1", **BOARD)
    assert shown(pair) == ("redfish", "10.10.10.77", "root")
    assert "bm_password" not in {**answer, **pair.host("controller-1")}


def test_without_a_controller_its_address_and_user_are_gone(pair):
    pair.patch("/ihosts/controller-1", **BOARD)
    pair.patch("/ihosts/controller-1", bm_type="none")
    assert shown(pair) == ("none", None, None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"bm_type": "bmc"}, "'bmc' is not a supported board management type. Must be one of ['none', 'dynamic'"),
        ({"bm_username": "a-very-long-user-name"}, "Cannot be longer than 16 characters."),
        ({"bm_username": "a user"}, "Whitespace characters are not permitted."),
        ({"bm_password": "pass word"}, "Whitespace characters are not permitted."),
        ({"bm_username": None}, "without corresponding username"),
        ({"bm_ip": "10.10.10.700"}, "IP Address is not valid."),
        ({"bm_ip": "fd00::9"}, "must be the same version as OAM primary address."),
    ],
)
def test_what_is_refused(pair, change, why):
    body = {name: value for name, value in {**BOARD, **change}.items() if value is not None}
    status, text = pair.refusal("PATCH", "/ihosts/controller-1", patch(**body))
    assert (status, why in text) == (400, True), text


def test_a_controller_needs_a_user_and_another_user_its_password(pair):
    assert "username is not configured" in pair.refusal("PATCH", "/ihosts/controller-1", patch(bm_type="ipmi"))[1]
    pair.patch("/ihosts/controller-1", **BOARD)
    assert (
        "username change attempt from root to boss"
        in pair.refusal("PATCH", "/ihosts/controller-1", patch(bm_username="boss"))[1]
    )
    pair.patch("/ihosts/controller-1", bm_username="boss", bm_password="another")
    assert shown(pair)[2] == "boss"


def test_a_host_is_added_with_its_controller_and_with_none_where_nothing_is_said(standard):
    standard.ok("POST", "/ihosts", {**ADDED, **BOARD, "bm_type": "ipmi"})
    assert shown(standard, "compute-7") == ("ipmi", "10.10.10.77", "root")
    standard.ok("POST", "/ihosts", {**ADDED, "hostname": "compute-8", "mgmt_mac": "02:bb:00:00:00:08"})
    assert shown(standard, "compute-8") == ("none", None, None)


def test_a_host_that_is_added_has_a_controller_of_its_own(standard):
    standard.ok("POST", "/ihosts", {**ADDED, **BOARD})
    twin = {**ADDED, **BOARD, "hostname": "compute-8", "mgmt_mac": "02:bb:00:00:00:08"}
    assert standard.refusal("POST", "/ihosts", twin) == (400, "Host-add Rejected: bm_ip 10.10.10.77 already exists")
