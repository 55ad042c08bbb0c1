"""Where a site is: its entry, or dcmanager's row, looked for when something is asked and again when it moved."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.clients.derived import load_derived
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.late import Late
from reconciler.engine.reaching import OAM_AGAIN_S, Entered, Reaching
from reconciler.model.central import Addresses, Subcloud, SubcloudDetail
from reconciler.model.errors import ConfigError, ConfigErrors, Nowhere, Unreachable
from reconciler.model.words import Reach, Service
from tests.apply.fakes import unreachable

WHO = Credentials(username="admin", password=Password(secret_ref="env:CENTRE"))
CENTRE = Endpoint(name="systemController", auth_url="https://centre", credentials=WHO)
ENTRY = Endpoint(name="lab", auth_url="http://lab", services={Service.PLATFORM: "http://lab/p"}, credentials=WHO)
OTTAWA = Subcloud(
    "ottawa-2", "4f", 1, "managed", "online", "complete", "26.03", addresses=Addresses(start="10.128.0.2")
)
KEYSTONE = "https://10.128.0.2:5001/v3"


class Dcmanager:
    """Its rows, its answers to /detail, and how often it was asked for one; or an error."""

    def __init__(self):
        self.place, self.rows, self.oam, self.asked, self.error = CENTRE, {"ottawa-2": OTTAWA}, "192.0.2.7", 0, None

    async def row(self, site, _serves):
        if self.error:
            raise self.error
        return self.rows.get(site)

    async def detail(self, site):
        self.asked += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return SubcloudDetail(self.rows[site], self.oam, "unknown") if site in self.rows else None


class World:
    """The ways that the operator allows, what Git says of each site, and the time."""

    def __init__(self, folder):
        path = folder / "endpoints.yaml"
        path.write_text("derived: {admin: {caBundle: root.pem}, oam: {caBundle: public.pem}}", encoding="utf-8")
        self.centre, self.git, self.time = Dcmanager(), {"ottawa-2": None}, 1_000.0
        self.reaching = Reaching({"lab": ENTRY}, load_derived(path), self.centre, self.says, self)

    def now(self):
        return self.time

    def says(self, site):
        if isinstance(self.git[site], Exception):
            raise self.git[site]
        return self.git[site]

    async def auth_url(self, site="ottawa-2"):
        return (await self.reaching.of(site).endpoint()).auth_url

    def moves(self, **said):
        self.centre.rows["ottawa-2"] = replace(self.centre.rows["ottawa-2"], **said)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


async def test_an_entry_wins_and_dcmanager_is_not_asked(world):
    world.centre.error = AssertionError("asked")
    where = world.reaching.of("lab")
    assert (await where.endpoint(), where.services) == (ENTRY, {Service.PLATFORM: "http://lab/p"})


async def test_without_entry_it_is_where_dcmanager_calls_it(world):
    found = await world.reaching.of("ottawa-2").endpoint()
    assert (found.auth_url, found.region) == (KEYSTONE, "4f")
    assert world.centre.asked == 0


def test_without_either_both_are_named():
    with pytest.raises(ConfigError, match="no entry for this site; add one under `endpoints:`, or `derived:`"):
        Reaching({}, None, Dcmanager(), lambda _site: None, None).of("ottawa-2")


async def test_a_site_that_dcmanager_does_not_have_yet_is_found_once_it_has(world):
    world.git["ottawa-3"] = None
    where = world.reaching.of("ottawa-3")
    with pytest.raises(Nowhere, match=r"^ottawa-3: dcmanager has no subcloud of this name yet\. Check that"):
        await where.endpoint()
    world.centre.rows["ottawa-3"] = replace(OTTAWA, name="ottawa-3")
    assert (await where.endpoint()).name == "ottawa-3"


@pytest.mark.parametrize("status", ["creating", "install-complete", "bootstrapping", "pre-enroll", "bootstrap-failed"])
async def test_a_site_that_is_not_brought_up_yet_is_not_called(world, status):
    world.moves(deploy_status=status)
    with pytest.raises(Nowhere, match=f"ottawa-2: dcmanager has not brought it up yet, its deploy status is {status}"):
        await world.auth_url()


@pytest.mark.parametrize("status", ["bootstrap-complete", "complete", "restoring", "secondary", "a-new-word"])
async def test_one_that_may_be_up_is_called(world, status):
    world.moves(deploy_status=status)
    assert await world.auth_url() == KEYSTONE


async def test_a_dark_central_cloud_that_never_answered_is_told_of(world):
    world.centre.error = unreachable(sent=False)
    with pytest.raises(Nowhere, match="ottawa-2: dcmanager cannot be asked where it is: ") as told:
        await world.auth_url()
    assert "Check the" in str(told.value)  # what to do about the central cloud,
    assert "entry in the endpoints file" not in str(told.value)  # and nothing about the site, of which nobody knows


async def test_no_central_cloud_at_all_is_the_configurations_to_mend(world):
    world.centre.error = ConfigError("no central cloud")
    with pytest.raises(ConfigError, match="no central cloud"):
        await world.auth_url()


async def test_the_oam_address_is_dcmanagers_and_asked_for_once(world):
    world.git["ottawa-2"] = Reach.OAM
    found = await asyncio.gather(*(world.auth_url() for _ in range(3)))
    assert set(found) == {"https://192.0.2.7:5000/v3"}
    world.moves()  # another reading of the same
    assert await world.auth_url() == "https://192.0.2.7:5000/v3"
    assert world.centre.asked == 1


async def test_an_oam_address_where_nobody_answers_is_asked_for_again_in_a_while(world):
    world.git["ottawa-2"] = Reach.OAM
    await world.auth_url()
    world.centre.oam = "192.0.2.8"
    world.reaching.of("ottawa-2").doubt()
    world.time += OAM_AGAIN_S - 1
    assert (await world.auth_url(), world.centre.asked) == ("https://192.0.2.7:5000/v3", 1)
    world.time += 1
    assert (await world.auth_url(), world.centre.asked) == ("https://192.0.2.8:5000/v3", 2)


async def test_a_site_that_dcmanager_cannot_ask_now_stays_where_it_was(world):
    world.git["ottawa-2"] = Reach.OAM
    await world.auth_url()
    world.centre.oam = ""
    world.reaching.of("ottawa-2").doubt()
    world.time += OAM_AGAIN_S
    assert await world.auth_url() == "https://192.0.2.7:5000/v3"


@pytest.mark.parametrize("said", [{"region": "5e"}, {"addresses": Addresses(start="10.128.9.2")}])
async def test_a_site_that_moved_is_asked_for_its_oam_address_anew(world, said):
    world.git["ottawa-2"] = Reach.OAM
    await world.auth_url()
    world.moves(**said)
    world.centre.oam = ""
    world.moves(availability="offline")
    with pytest.raises(Nowhere, match="dcmanager does not say its OAM address; to it the site is offline"):
        await world.auth_url()


async def test_git_may_change_the_way(world):
    assert await world.auth_url() == KEYSTONE
    world.git["ottawa-2"] = Reach.OAM
    assert await world.auth_url() == "https://192.0.2.7:5000/v3"
    world.git["ottawa-2"] = Reach.ADMIN
    assert await world.auth_url() == KEYSTONE


@pytest.mark.parametrize("error", [KeyError("ottawa-2"), ConfigErrors([ConfigError("no such layer", "site.yaml:3")])])
async def test_a_site_that_git_says_wrongly_or_no_more_is_reached_as_before(world, error):
    world.git["ottawa-2"] = Reach.OAM
    await world.auth_url()
    world.git["ottawa-2"] = error
    assert await world.auth_url() == "https://192.0.2.7:5000/v3"


class Opened:
    """What was opened, and the endpoint of each call."""

    def __init__(self):
        self.opened, self.called, self.error, self.region = [], [], None, "4f"

    def open(self, endpoint):
        self.opened.append(endpoint)
        return lambda service: OneService(self, endpoint, service)


class OneService:
    def __init__(self, opened, endpoint, service):
        self._opened, self._endpoint, self._service = opened, endpoint, service

    async def send(self, method, path, body=None, *, timeout_s=None, host="", ends=False):
        self._opened.called.append((self._endpoint.url(self._service), path, host))

    async def list(self, path, items, *, host=""):
        self._opened.called.append((self._endpoint.url(self._service), path, host))
        return ({"uuid": "s", "region_name": self._opened.region},)

    async def get(self, path, *, host=""):
        self._opened.called.append((self._endpoint.url(self._service), path, host))
        if self._opened.error:
            raise self._opened.error
        return {}


async def test_what_is_open_is_kept_until_the_site_is_elsewhere(world):
    opened = Opened()
    late = Late(world.reaching.of("ottawa-2"), opened.open)
    platform, faults = late.at(Service.PLATFORM), late.at(Service.FAULT)
    await platform.get("/v1/ihosts", host="controller-0")
    world.moves(availability="offline")  # another row that says nothing else of where it is
    await faults.get("/v1/alarms")
    assert [e.auth_url for e in opened.opened] == [KEYSTONE]
    world.moves(region="5e")  # enrolled
    await platform.get("/v1/ihosts")
    world.moves(addresses=Addresses(start="2001:db8::2"))
    await platform.get("/v1/ihosts")
    assert [(e.region, e.auth_url) for e in opened.opened[1:]] == [
        ("5e", KEYSTONE),
        ("5e", "https://[2001:db8::2]:5001/v3"),
    ]
    assert opened.called == [
        ("https://10.128.0.2:6386", "/v1/ihosts", "controller-0"),
        ("https://10.128.0.2:18003", "/v1/alarms", ""),
        ("https://10.128.0.2:6386", "/v1/ihosts", ""),
        ("https://[2001:db8::2]:6386", "/v1/ihosts", ""),
    ]


async def test_a_call_that_nobody_answers_makes_the_address_doubtful(world):
    world.git["ottawa-2"] = Reach.OAM
    opened = Opened()
    platform = Late(world.reaching.of("ottawa-2"), opened.open).at(Service.PLATFORM)
    opened.error = unreachable(sent=False)
    with pytest.raises(type(opened.error)):
        await platform.get("/v1/ihosts")
    world.time += OAM_AGAIN_S
    world.centre.oam, opened.error = "192.0.2.8", None
    await platform.get("/v1/ihosts")
    assert [url for url, *_ in opened.called] == ["https://192.0.2.7:6385", "https://192.0.2.8:6385"]


async def systems(world, opened):
    return await Late(world.reaching.of("ottawa-2"), opened.open).at(Service.PLATFORM).list("/v1/isystems", "isystems")


async def test_another_site_that_has_the_address_now_is_not_taken_for_it(world):
    """Users, passwords and tokens are good at every site of a central cloud: only the region tells them apart."""
    opened = Opened()
    assert await systems(world, opened)
    opened.region = "a-neighbour"
    with pytest.raises(Unreachable, match=r"region a-neighbour, and ottawa-2 is 4f. Check the site's entry"):
        await systems(world, opened)


async def test_an_oam_address_that_is_another_sites_by_now_is_asked_for_again(world):
    world.git["ottawa-2"] = Reach.OAM
    opened = Opened()
    await systems(world, opened)
    opened.region, world.centre.oam = "a-neighbour", "192.0.2.8"
    world.time += OAM_AGAIN_S
    with pytest.raises(Unreachable):
        await systems(world, opened)
    opened.region = "4f"
    assert await systems(world, opened)
    assert opened.opened[-1].auth_url == "https://192.0.2.8:5000/v3"


async def test_a_site_that_moved_in_the_midst_of_a_plan_is_written_to_only_once_it_said_who_it_is(world):
    opened = Opened()
    late = Late(world.reaching.of("ottawa-2"), opened.open)
    vim = late.at(Service.VIM)
    for _ in range(2):
        await vim.send("POST", "/strategy")
    world.moves(addresses=Addresses(start="10.128.9.2"))
    opened.region = "a-neighbour"
    with pytest.raises(Unreachable, match="region a-neighbour"):
        await vim.send("POST", "/strategy")
    assert opened.called == [
        ("https://10.128.0.2:6386", "/v1/isystems", ""),
        *2 * [("https://10.128.0.2:4546", "/strategy", "")],
        ("https://10.128.9.2:6386", "/v1/isystems", ""),
    ]


@pytest.mark.parametrize("region", ["", None])
async def test_a_platform_that_does_not_say_its_region_is_believed(world, region):
    opened = Opened()
    opened.region = region
    assert await systems(world, opened)


@pytest.mark.parametrize(("said", "is_it"), [("sc-lab", False), ("4f", True), ("", True)])
async def test_an_entry_that_says_its_region_is_held_to_it(world, said, is_it):
    opened, entry = Opened(), ENTRY.model_copy(update={"region": said})
    late = Late(Entered(entry), opened.open).at(Service.PLATFORM)
    if is_it:
        assert await late.list("/v1/isystems", "isystems")
    else:
        with pytest.raises(Unreachable, match="stranger"):
            await late.list("/v1/isystems", "isystems")
