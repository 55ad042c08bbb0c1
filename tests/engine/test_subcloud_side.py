"""What the central cloud has of a site decides whether the site itself is asked, and says why it is not."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from reconciler.desired import Range
from reconciler.engine.aborting import Aborting
from reconciler.engine.redeploying import Redeploying
from reconciler.engine.subcloud_side import SubcloudSide
from reconciler.model.central import Addresses, Attention, Subcloud
from reconciler.model.errors import ConfigError
from reconciler.model.multipart import File, Multipart
from reconciler.model.origin import Origin
from reconciler.model.subcloud_policy import SubcloudPolicy
from reconciler.store.memory import RecalledAborts, RecalledRedeployments

ROW = Subcloud("ottawa", "r", 1, "managed", "online", "complete", "26.03")
SUBCLOUDS = "/v1.0/subclouds"
ELSEWHERE = ["secondary", "secondary-failed", "pre-rehome", "rehoming", "rehome-failed", "rehome-prep-failed"]
PAIR = {"id": 3, "peer_group_name": "pair", "group_priority": 0}


class Centre:
    """One row, its groups, and how often it was asked for what."""

    def __init__(self, row):
        self.row, self.asked = row, []

    def known(self, site, within_s):
        return Attention(self.row)

    def installed_from(self, board):
        return frozenset({"ottawa", "hull"} if board == "10.10.10.112" else {"ottawa"})

    def reached_at(self):
        return iter(
            [
                ("ottawa", Addresses("192.168.101.0/24", "192.168.101.1", "192.168.101.2", "192.168.101.50")),
                ("hull", Addresses("192.168.102.0/24", "192.168.102.1", "192.168.102.2", "192.168.102.50")),
                ("gatineau", Addresses()),
            ]
        )

    async def send(self, method, path, body):
        self.asked.append(f"{method} {path}")

    async def of(self, site):
        self.asked.append("rows")
        return Attention(self.row)

    async def group(self, number):
        return "Default"

    async def has_group(self, name):
        return name == "east"

    async def peer_groups(self, number):
        self.asked.append("peer groups")
        return (PAIR,)


class Clock:
    def now(self):
        return 1_000.0


def side(policy=None, takes=(), **facts):
    centre = Centre(replace(ROW, **facts))
    redeploying = Redeploying("ottawa", centre, Clock(), RecalledRedeployments({}))
    aborting = Aborting("ottawa", centre, RecalledAborts())
    own = {"redeploying": redeploying, "aborting": aborting, "takes": lambda: takes}
    return SubcloudSide("ottawa", centre, Clock(), lambda: policy, **own), centre


async def test_a_site_in_service_that_is_to_go_or_has_another_name_yet_is_not_told_as_not_deployed():
    one, _ = side(SubcloudPolicy(delete="ottawa"))
    assert (await one.is_there(), one.absence) == (
        False,
        "dcmanager is to delete the site, and nobody asks it anything",
    )
    one, centre = side(SubcloudPolicy(delete="ottawa"))
    centre.row = None
    assert (await one.is_there(), one.absence.endswith("its folder can go")) == (False, True)
    one, centre = side(SubcloudPolicy(former_names=("ottawa-1",)))
    centre.row = replace(ROW, name="ottawa-1")
    assert (await one.is_there(), one.absence) == (False, "in dcmanager the site is ottawa-1 still")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("install-complete", "its deploy status is install-complete"),
        ("bootstrap-failed", "its deploy status is bootstrap-failed (`dcmanager subcloud errors ottawa` says why)"),
    ],
)
async def test_one_that_is_not_deployed_is_told_with_how_far_it_is_and_where_it_says_why(status, told):
    one, _ = side(SubcloudPolicy(), deploy_status=status)
    assert await one.is_there() is False
    assert one.absence == f"the site is not deployed yet: {told}"


@pytest.mark.parametrize("status", ELSEWHERE)
async def test_another_centres_site_is_not_asked_and_its_state_is_told(status):
    one, _ = side(SubcloudPolicy(), deploy_status=status)
    assert not await one.is_there()
    assert one.absence == f"the site is another central cloud's: here its deploy status is {status}"


@pytest.mark.parametrize("status", ELSEWHERE)
def test_nor_is_one_of_whose_place_git_says_nothing_and_nobody_is_asked_for_that(status):
    one, centre = side(deploy_status=status)
    assert (one.is_wanted(), one.is_anothers(), centre.asked) == (False, True, [])


def test_any_other_one_of_whose_place_git_says_nothing_is_asked_whatever_dcmanager_does_with_it():
    for status in ("complete", "installing", "rehome-pending"):
        one, _ = side(deploy_status=status)
        assert (one.is_anothers(), one.absence) == (False, "")


async def test_its_groups_are_named_where_git_says_such():
    one, _ = side(SubcloudPolicy(group="east", peer_group="pair"), peer_group_id=3)
    [row] = await one.list(SUBCLOUDS, "subclouds")
    named = {name: row[name] for name in ("group", "has_group", "peer_group", "peer_priority", "wanted_priority")}
    assert named == {
        "group": "Default",
        "has_group": True,
        "peer_group": "pair",
        "peer_priority": 0,
        "wanted_priority": 0,
    }


async def test_that_it_is_in_a_peer_group_is_known_though_git_does_not_say_it():
    one, _ = side(SubcloudPolicy(), peer_group_id=3)
    assert (await one.list(SUBCLOUDS, "subclouds"))[0]["peer_group"] == "pair"


async def test_a_fleet_without_peer_groups_is_asked_for_none():
    one, centre = side(SubcloudPolicy())
    await one.list(SUBCLOUDS, "subclouds")
    assert "peer groups" not in centre.asked
    assert await one.list("/v1.0/system-peers", "system_peers") == ()


def install(board):
    return Multipart({"install_values": File("install-values.yaml", {"bmc_address": board})})


async def test_nothing_is_installed_from_the_board_of_another_subcloud():
    one, centre = side(SubcloudPolicy())
    with pytest.raises(
        ConfigError, match=r"install-values\.yaml: bmc_address 10\.10\.10\.112 is that of hull in dcmanager"
    ):
        await one.send("PATCH", "/v1.0/phased-subcloud-deploy/ottawa/install", install("10.10.10.112"))
    assert centre.asked == []
    await one.send("PATCH", "/v1.0/phased-subcloud-deploy/ottawa/install", install("10.10.10.113"))
    assert centre.asked == ["PATCH /v1.0/phased-subcloud-deploy/ottawa/install"]


async def test_the_board_that_it_had_under_another_name_is_its_own():
    one, centre = side(SubcloudPolicy(former_names=("hull",)))
    await one.send("PATCH", "/v1.0/phased-subcloud-deploy/ottawa/install", install("10.10.10.112"))
    assert centre.asked == ["PATCH /v1.0/phased-subcloud-deploy/ottawa/install"]


VALUES = "subclouds/ottawa/bootstrap-values.yaml"
ADDS = "/v1.0/phased-subcloud-deploy"


def addresses(first, last):
    return Range("ottawa", "management", ip_address(first), ip_address(last), Origin(VALUES, 5, 27))


async def test_no_subcloud_is_added_at_addresses_of_another_and_that_is_told_at_their_line():
    one, centre = side(SubcloudPolicy(), takes=(addresses("192.168.102.40", "192.168.102.90"),))
    with pytest.raises(
        ConfigError, match=r"192\.168\.102\.90 meet those of hull in dcmanager, .*; nothing was sent"
    ) as no:
        await one.send("POST", ADDS, Multipart({}))
    assert (str(no.value).startswith(f"{VALUES}:5"), centre.asked) == (True, [])


@pytest.mark.parametrize(
    "own", [("192.168.102.51", "192.168.102.90"), ("192.168.101.2", "192.168.101.50"), ("fd01::2", "fd01::9")]
)
async def test_what_is_nobodys_or_was_its_own_is_free(own):
    one, centre = side(SubcloudPolicy(), takes=(addresses(*own),))
    await one.send("POST", ADDS, Multipart({}))
    assert centre.asked == [f"POST {ADDS}"]
