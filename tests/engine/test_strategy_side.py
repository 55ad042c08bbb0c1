"""What a site asks of dcmanager's strategy is written down once, and answered from there, in whichever process."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from reconciler.engine.strategy_side import FRESH_S, StrategySide
from reconciler.model.batch import OrderEnd, SiteOrder
from reconciler.model.central import Attention, CentralStrategy, Subcloud
from reconciler.model.errors import ConfigError, Conflict, Held, Refused
from tests.apply.fakes import unreachable
from tests.engine.batching import SOFTWARE

PATH = "/v1.0/sw-update-strategy"
STEP = f"{PATH}/steps/ottawa"
BODY = {"type": "sw-deploy", **SOFTWARE.options}
RUNS = f"{PATH}/orders/ottawa?{urlencode(BODY)}"
ROW = Subcloud("ottawa", "r", 1, "managed", "online", "complete", "24.09", sync={"software": "out-of-sync"})


class Centre:
    def __init__(self):
        self.seen, self.error, self.awaited, self.asked = Attention(ROW), None, [], 0
        self.was_read = False

    def known(self, _site, within_s):
        return self.seen if within_s > FRESH_S and self.was_read else None

    async def of(self, _site):
        self.asked += 1
        if self.error:
            raise self.error
        return self.seen

    def awaits_strategy(self, site):
        self.awaited.append(site)


class Orders:
    def __init__(self):
        self.last = None

    def ask(self, order):
        self.last = order

    def order(self, _site):
        return self.last

    def hear(self, _site):
        self.last = replace(self.last, is_heard=True)

    def is_by(self, state, told=""):
        self.last = replace(self.last, state=state, told=told)


class Clock:
    def now(self):
        return 900.0


@pytest.fixture
def centre():
    return Centre()


@pytest.fixture
def orders():
    return Orders()


@pytest.fixture
def side(centre, orders):
    return StrategySide("ottawa", centre, orders, Clock(), lambda: True)


async def under_way(side, path=RUNS):
    return (await side.get(path))["is_under_way"]


async def test_the_centre_is_asked_for_nobody_who_goes_by_his_own_vim(centre, orders):
    side = StrategySide("ottawa", centre, orders, Clock(), lambda: False)
    assert await side.list("/v1.0/subclouds/standing", "standing") == ()
    centre.seen, centre.was_read = Attention(ROW, CentralStrategy("firmware", "applying")), True
    (row,) = await side.list("/v1.0/subclouds/standing", "standing")
    assert (row["sync"], centre.asked, centre.awaited) == ({"software": "out-of-sync"}, 0, [])


async def test_a_fleet_without_a_central_cloud_is_told_from_one_that_was_not_read(side, centre):
    centre.seen = None
    assert await side.list("/v1.0/subclouds/standing", "standing") == ({"is_nowhere": True},)


async def test_it_shows_how_the_centre_sees_the_site(side, centre):
    (row,) = await side.list("/v1.0/subclouds/standing", "standing")
    assert (row["management-state"], row["sync"]) == ("managed", {"software": "out-of-sync"})
    assert centre.awaited == []
    centre.seen = Attention(None, CentralStrategy("firmware", "applying"))
    assert await side.list("/v1.0/subclouds/standing", "standing") == ({},)
    assert centre.awaited == ["ottawa"]


@pytest.mark.parametrize(("end", "left"), [(OrderEnd.FAILED, "sw-deploy"), (OrderEnd.COMPLETE, ""), ("waits", "")])
async def test_it_tells_what_an_order_of_ours_may_have_left_half_way(side, orders, end, left):
    await side.send("POST", PATH, BODY)
    orders.is_by(end)
    (row,) = await side.list("/v1.0/subclouds/standing", "standing")
    assert row["left"] == left


async def test_a_centre_that_does_not_answer_makes_nothing_else_unknown(side, centre):
    centre.error = unreachable(sent=False)
    (row,) = await side.list("/v1.0/subclouds/standing", "standing")
    assert "no usable answer" in row["unread"]


async def test_what_is_asked_for_is_written_down_and_asked_for_once(side, orders):
    assert not await under_way(side)
    await side.send("POST", PATH, BODY)
    assert orders.last == SiteOrder("ottawa", SOFTWARE, 900.0)
    assert await under_way(side)
    assert await side.get(STEP) == {"state": "waits", "details": ""}
    with pytest.raises(Held, match="is under way"):
        await side.send("POST", PATH, BODY | {"release_id": "starlingx-24.09.2"})


async def test_its_step_is_that_of_the_order_in_dcmanagers_words(side, orders):
    await side.send("POST", PATH, BODY)
    orders.is_by("apply VIM sw-deploy strategy", "apply phase is 50% complete")
    assert await side.get(STEP) == {
        "state": "apply VIM sw-deploy strategy",
        "details": "apply phase is 50% complete",
    }


async def test_who_takes_over_hears_how_it_ended_and_only_then_may_it_be_asked_for_again(side, orders):
    await side.send("POST", PATH, BODY)
    orders.is_by(OrderEnd.FAILED, "no")
    assert await under_way(side)  # nobody has heard it
    assert not await under_way(side, RUNS.replace("24.09.1", "24.09.2"))  # that is another matter
    assert await side.get(STEP) == {"state": "failed", "details": "no"}
    assert not await under_way(side)
    await side.send("POST", PATH, BODY)
    assert not orders.last.is_over


@pytest.mark.parametrize(
    ("end", "error"),
    [(OrderEnd.LAPSED, Held), (OrderEnd.NEEDLESS, Conflict), (OrderEnd.REFUSED, Refused)],
)
async def test_an_end_that_tells_nothing_of_its_hosts_is_raised(side, centre, orders, end, error):
    await side.send("POST", PATH, BODY)
    orders.is_by(end, "in these words")
    with pytest.raises(error, match="in these words"):
        await side.get(STEP)
    assert not await under_way(side)
    assert centre.awaited == (["ottawa"] if error is Held else [])


async def test_a_command_beside_no_controller_orders_nothing(centre):
    side = StrategySide("ottawa", centre, None, Clock(), lambda: True)
    with pytest.raises(ConfigError, match="start `stxr run`, or say `by: site`"):
        await side.send("POST", PATH, BODY)
