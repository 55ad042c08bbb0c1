"""A site's controllers as a service: asked for what Git says, not at each visit, and never so that a host stays locked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reconciler.engine.board_service import (
    READ_S,
    SILENT_S,
    STIRRED_S,
    WAITING_S,
    Said,
    SiteBoards,
    facts_of,
)
from reconciler.engine.board_visits import BoardVisits, OwnRefusals
from reconciler.kinds import registry
from reconciler.model.board import (
    Board,
    BoardError,
    BoardPlace,
    BoardPort,
    Boot,
    BootOption,
    Firmware,
    Health,
    Part,
    Sensor,
    Trouble,
)
from reconciler.model.board_orders import SetBios, SetBootOrder, SetSecureBoot
from reconciler.model.errors import NotReady, Refused
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot

PARTS = (Part.BIOS, Part.SECURE_BOOT, Part.BOOT_OPTIONS, Part.FIRMWARE, Part.SENSORS)
HOST, OTHER = "controller-0", "controller-1"
BOARD = Board(
    bios={"SriovGlobalEnable": "Disabled", "Cores": 8},
    pending={"Cores": 4},
    secure_boot=True,
    secure_boot_now=True,
    boot=Boot(order=("Boot0001", "Boot0000")),
    boot_options=(BootOption("Boot0000", "PXE"), BootOption("Boot0001", "Disk")),
    firmware=(Firmware("BIOS", version="2.19.1"), Firmware("BMC", version="7.10.30")),
)
QUIET = Board(bios={"SriovGlobalEnable": "Disabled"}, pending={})


def said(*keys: tuple[str, str], host: str = HOST) -> Snapshot:
    made = (ResourceKey(kind, name, host) for kind, name in keys)
    return Snapshot("ottawa", {key: Resource(key, registry()[key.kind].spec.model_construct()) for key in made})


SRIOV = ("bios-attribute", "SriovGlobalEnable")


class World:
    """One site's service over a controller that answers as the test says, on a clock that the test moves."""

    def __init__(self, desired: Snapshot) -> None:
        self.time, self.answer, self.asked, self.ordered, self.desired = 1_000.0, BOARD, [], [], desired
        self.place = BoardPlace("ottawa", HOST, "https://192.0.2.20", "root", "env:BOARD")
        visits = BoardVisits(self, OwnRefusals(), self)
        self.macs, self.is_ours = {}, asyncio.Event()
        self.is_ours.set()
        self.service = SiteBoards(
            "ottawa",
            Said(lambda: self.desired, registry()),
            self.places,
            visits,
            self,
            macs=lambda _site: self.macs,
            may_write=self.may_write,
        )

    def now(self):
        return self.time

    def places(self, _site):
        return (self.place,)

    async def may_write(self, site):
        assert site == "ottawa"
        await self.is_ours.wait()

    async def read(self, _place, parts=()):
        self.asked.append(frozenset(parts))
        return self._answered()

    async def order(self, _place, order):
        self.ordered.append(order)
        self._answered()

    def _answered(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def rows(self, part, host=HOST):
        return await self.service.list(f"/boards/{host}/{part}", "")


@pytest.fixture
def world() -> World:
    return World(said(SRIOV))


def trouble(kind: Trouble) -> BoardError:
    return BoardError(kind, "ottawa", HOST, "https://192.0.2.20", "said so")


def test_what_git_says_is_known_by_host_and_part_whatever_the_kinds_are_called():
    desired = said(SRIOV, ("bios-attribute", "Cores"), ("secure-boot", ""), ("board-firmware", "BIOS"), ("host", HOST))
    assert facts_of(desired, registry()) == {
        HOST: {"bios": {"SriovGlobalEnable", "Cores"}, "secure-boot": {""}, "firmware": {"BIOS"}}
    }


async def test_only_what_git_says_is_read_and_told(world):
    assert await world.rows("bios") == (
        {"hostname": HOST, "name": "SriovGlobalEnable", "value": "Disabled", "waiting": None},
    )
    assert await world.rows("firmware") == ()
    assert await world.rows("bios", OTHER) == ()
    assert world.asked == [{Part.BIOS, Part.SENSORS}]


async def test_every_part_has_its_rows():
    world = World(
        said(("bios-attribute", "Cores"), ("secure-boot", ""), ("boot-order", ""), ("board-firmware", "BIOS"))
    )
    found = await asyncio.gather(*(world.rows(part) for part in ("bios", "secure-boot", "boot-order", "firmware")))
    assert [row for [row] in found] == [
        {"hostname": HOST, "name": "Cores", "value": 8, "waiting": 4},
        {"hostname": HOST, "now": True, "waiting": True},
        {"hostname": HOST, "order": ("Boot0001", "Boot0000"), "options": {"Boot0000": "PXE", "Boot0001": "Disk"}},
        {"hostname": HOST, "id": "BIOS", "version": "2.19.1"},
    ]
    assert world.asked == [set(PARTS)], "once for all"


async def test_it_is_believed_for_an_hour(world):
    world.answer = QUIET
    for wait_s in (0.0, READ_S - 1, 1.0):
        world.time += wait_s
        await world.rows("bios")
    assert len(world.asked) == 2


async def test_while_something_waits_for_a_reset_it_is_looked_at_each_minute(world):
    for wait_s in (0.0, WAITING_S - 1, 1.0):
        world.time += wait_s
        await world.rows("bios")
    assert len(world.asked) == 2


async def test_when_git_says_more_it_is_read_at_once(world):
    world.answer = QUIET
    await world.rows("bios")
    world.desired = said(SRIOV, ("secure-boot", ""))
    await world.rows("bios")
    assert world.asked[-1] == {Part.BIOS, Part.SECURE_BOOT, Part.SENSORS}


async def test_after_an_order_it_is_looked_at_each_time_for_a_while(world):
    world.answer = QUIET
    await world.rows("bios")
    await world.service.send("PATCH", f"/boards/{HOST}/bios", {"SriovGlobalEnable": "Enabled"})
    for _ in range(3):
        world.time += 5.0
        await world.rows("bios")
    assert len(world.asked) == 4
    world.time += STIRRED_S
    await world.rows("bios")
    assert len(world.asked) == 4, "it is believed again"


@pytest.mark.parametrize(
    ("part", "body", "order"),
    [
        ("bios", {"Cores": 4}, SetBios({"Cores": 4})),
        ("boot-order", {"order": ["Boot0001"]}, SetBootOrder(("Boot0001",))),
        ("secure-boot", {"enabled": True}, SetSecureBoot(enabled=True)),
    ],
)
async def test_each_order_is_given_once(world, part, body, order):
    await world.service.send("PATCH", f"/boards/{HOST}/{part}", body)
    assert world.ordered == [order]


async def test_one_that_does_not_answer_is_left_alone_for_minutes_and_that_is_no_lost_site(world):
    world.answer = trouble(Trouble.DEAD)
    for wait_s in (0.0, SILENT_S - 1, 1.0):
        world.time += wait_s
        with pytest.raises(NotReady, match="is dead"):
            await world.rows("bios")
    assert len(world.asked) == 2


@pytest.mark.parametrize("kind", [t for t in Trouble if t is not Trouble.REFUSED])
async def test_an_order_without_an_answer_is_looked_after_and_not_repeated(world, kind):
    world.answer = trouble(kind)
    with pytest.raises(NotReady, match=kind.value):
        await world.service.send("PATCH", f"/boards/{HOST}/bios", {"Cores": 4})
    assert len(world.ordered) == 1


async def test_a_no_is_told_in_its_words(world):
    world.answer = trouble(Trouble.REFUSED)
    with pytest.raises(Refused, match="said so"):
        await world.service.send("PATCH", f"/boards/{HOST}/bios", {"Cores": 4})


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (BoardPlace("ottawa", OTHER, "https://192.0.2.21", "root", "env:B"), "Git says no address of it"),
        (BoardPlace("ottawa", HOST, "https://192.0.2.20", "", ""), "nobody said who we are"),
    ],
)
async def test_one_that_cannot_be_asked_is_told_with_what_to_say_in_git(world, place, why):
    world.place = place
    with pytest.raises(NotReady, match=why):
        await world.rows("bios")
    assert world.asked == []


async def test_a_host_that_is_not_well_is_known_from_the_same_reading(world):
    assert world.service.ailing == (), "nobody has asked yet"
    world.answer = replace(QUIET, health=Health.OK, sensors=(Sensor("Fan1", "fan", 0.0, "RPM", Health.CRITICAL),))
    await world.rows("bios")
    [sight] = world.service.ailing
    assert (sight.health, sight.at) == (Health.CRITICAL, world.time)
    assert "Fan1 0 RPM, critical" in sight.in_words


async def test_a_controller_that_says_nothing_is_told_by_its_trouble(world):
    world.answer = trouble(Trouble.PASSWORD)
    with pytest.raises(NotReady):
        await world.rows("bios")
    [sight] = world.service.ailing
    assert (sight.health, sight.trouble) == (Health.UNKNOWN, Trouble.PASSWORD)


async def test_once_git_says_nothing_of_it_nothing_is_told(world):
    world.answer = replace(QUIET, health=Health.CRITICAL)
    await world.rows("bios")
    world.desired = said()
    assert world.service.ailing == ()


MAC = "52:54:00:01:00:a0"


async def test_the_controller_of_another_machine_is_not_taken_for_the_hosts(world):
    """Its address was given to another, or is wrong in Git: nothing is read of it, so nothing is planned for it."""
    world.macs = {HOST: MAC.upper()}
    world.answer = replace(QUIET, ports=(BoardPort("NIC.1", "52:54:00:99:00:01", Health.OK),))
    with pytest.raises(NotReady, match="ottawa controller-0: Git says that it boots by 52:54:00:01:00:A0, and no port"):
        await world.rows("bios")
    assert Part.PORTS in world.asked[0]


@pytest.mark.parametrize("ports", [(BoardPort("NIC.1", MAC, Health.OK),), (), None])
async def test_one_that_has_the_mac_or_tells_none_is(world, ports):
    world.macs, world.answer = {HOST: MAC}, replace(QUIET, ports=ports)
    assert await world.rows("bios")


async def test_who_may_have_lost_the_site_gives_no_order_until_it_is_certain(world):
    world.is_ours.clear()
    order = asyncio.create_task(world.service.send("PATCH", f"/boards/{HOST}/bios", {"Cores": 4}))
    for _ in range(5):
        await asyncio.sleep(0)
    assert (world.ordered, order.done()) == ([], False)
    world.is_ours.set()
    await order
    assert len(world.ordered) == 1
