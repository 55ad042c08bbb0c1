"""What is asked of a central cloud is done once, also where its answer is lost; and passwords stay between the two."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from reconciler.clients.central import open_central
from reconciler.clients.dcmanager.redaction import redacted, without_own
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.http import Limits
from reconciler.clients.patience import Patience
from reconciler.model.central import Addresses, SubcloudGroup, UpdateOptions
from reconciler.model.deployment import DeployStatus, Step
from reconciler.model.errors import Busy, Conflict, Refused, Unreachable
from reconciler.model.secret import SecretRef
from reconciler.model.strategy_orders import StrategyOrder, StrategyType
from reconciler.model.subcloud_orders import (
    Amendment,
    Backup,
    NetworkMove,
    Order,
    Prestage,
    Restore,
    ValueFiles,
    Way,
)
from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.interference import Connection, Rule, Trouble
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.usm import releases
from tests.simulator.central import BOOTSTRAP, DOCUMENTS, INSTALL

SECRET, BOARD, SYSADMIN, REGISTRY = "simulated", "B04rd-canary*", "Sys4dmin-canary*", "R3gistry-canary*"
LONG = 3 * 3600
SYSADMIN_REF, BOARD_REF = SecretRef("env:SYSADMIN"), SecretRef("env:BOARD")
REGISTRIES = {"docker.io": {"username": "u", "password": SecretRef("env:REGISTRY")}}
ORDER = Order(
    files=ValueFiles(BOOTSTRAP | {"docker_registries": REGISTRIES}, INSTALL, DOCUMENTS),
    sysadmin=SYSADMIN_REF,
    board=BOARD_REF,
    bootstrap_address="10.10.10.12",
)
GO_ON = Order(sysadmin=SYSADMIN_REF)


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    for name, value in {"SYSADMIN": SYSADMIN, "BOARD": BOARD, "REGISTRY": REGISTRY, "CENTRE": SECRET}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def server():
    async with serve({}, options=ServerOptions(password=SECRET)) as server:
        system = server.central.system
        system.durations = replace(system.durations, subcloud_cast=0)  # its manager takes up at once what was asked for
        yield server


@pytest.fixture
async def central(server, clock):
    url = f"{server.url}/{CENTRAL}"
    credentials = Credentials(username="admin", password=Password(secret_ref="env:CENTRE"))
    endpoint = Endpoint(
        name=CENTRAL,
        auth_url=f"{url}/identity/v3",
        region="SystemController",
        credentials=credentials,
        services={"dcmanager": f"{url}/dcmanager"},
    )
    quickly = Limits(connect_s=2, read_s=2, write_s=0.2, patience=Patience(attempts=1))
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(open_central(endpoint, clock=clock, limits=quickly))


@pytest.fixture
async def deployed(server, central):
    """A subcloud in service, not yet managed."""
    await central.of_subclouds.add(ORDER)
    server.central.advance(LONG)
    return await central.subcloud("new-001")


def lose(server, method, path=".*", trouble=Trouble.RESET_AFTER):
    """Of the next such request the answer; what it asks for is done."""
    server.central.interference.rules.append(Rule(trouble, method, f"/dcmanager/v1.0{path}"))


def writes(server):
    return [
        (write.method, write.path.removeprefix("/v1.0"), write.status) for write in server.central.system.journal.writes
    ]


def told(server):
    return server.central.rows("subclouds", {"name": "new-001"})[0]


# ---- adding


async def test_a_subcloud_is_added_with_its_files_and_passwords(server, central):
    row = await central.of_subclouds.add(ORDER)
    assert (row.name, row.status, row.board) == ("new-001", DeployStatus.NOT_DEPLOYED, INSTALL["bmc_address"])
    kept = told(server)
    assert kept["told"]["docker_registries"]["docker.io"]["password"] == REGISTRY
    assert kept["documents"] == DOCUMENTS
    server.central.advance(LONG)
    now = await central.subcloud("new-001")
    assert (now.status, now.is_online, now.addresses.start) == (DeployStatus.COMPLETE, True, "192.168.101.2")


@pytest.mark.parametrize("trouble", [Trouble.RESET_AFTER, Trouble.HANG_AFTER, Trouble.HALF])
async def test_an_addition_whose_answer_is_lost_is_found(server, central, trouble):
    lose(server, "POST", trouble=trouble)
    assert (await central.of_subclouds.add(ORDER)).name == "new-001"
    assert writes(server) == [("POST", "/subclouds", 200)]


async def test_an_addition_that_never_arrived_is_told(server, central):
    lose(server, "POST", trouble=Trouble.RESET)
    with pytest.raises(Unreachable) as caught:
        await central.of_subclouds.add(ORDER)
    assert caught.value.sent
    assert await central.subclouds() == ()


async def test_additions_go_one_at_a_time(server, central):
    """Both would pass the check of the other's range, if they were in flight together."""
    under_way, most = 0, 0
    send = central.of_subclouds._dcmanager.send

    async def counted(*args, **kwargs):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await send(*args, **kwargs)
        finally:
            under_way -= 1

    central.of_subclouds._dcmanager.send = counted
    second = Order(
        files=ValueFiles(BOOTSTRAP | {"name": "new-002"}, INSTALL),
        sysadmin=SYSADMIN_REF,
        board=BOARD_REF,
        bootstrap_address="10.10.10.13",
    )
    results = await asyncio.gather(
        central.of_subclouds.add(ORDER), central.of_subclouds.add(second), return_exceptions=True
    )
    assert most == 1
    assert [type(result) for result in results].count(Refused) == 1


async def test_one_that_is_there_is_refused(central, deployed):
    with pytest.raises(Refused, match="already exists") as caught:
        await central.of_subclouds.add(ORDER)
    assert caught.value.is_duplicate
    assert deployed.is_online


async def test_phases_go_one_by_one(server, central):
    row = await central.of_subclouds.create(ORDER)
    for step, ends in (
        (Step.INSTALL, DeployStatus.INSTALLED),
        (Step.BOOTSTRAP, DeployStatus.BOOTSTRAPPED),
        (Step.CONFIGURE, DeployStatus.COMPLETE),
    ):
        await central.of_subclouds.begin(row, step, GO_ON)
        server.central.advance(LONG)
        row = await central.subcloud("new-001")
        assert row.status is ends


async def test_a_site_is_enrolled(server, central):
    before = await central.of_subclouds.add(Order(ORDER.files, SYSADMIN_REF, BOARD_REF, "10.10.10.12", way=Way.ENROLL))
    server.central.advance(LONG)
    now = await central.subcloud("new-001")
    assert (now.status, now.region == before.region) == (DeployStatus.COMPLETE, False)


# ---- failures, and going on after them


async def test_a_failure_is_told_in_ansible_s_words_without_its_secrets(server, central):
    words = f"ansible_ssh_pass={SYSADMIN} bmc_password: {BOARD} no route to the registry"
    server.central.system.marks.add(f"bootstrapping-fails:new-001:{words}")
    await central.of_subclouds.add(ORDER)
    server.central.advance(LONG)
    row = await central.subcloud("new-001")
    assert row.status is DeployStatus.BOOTSTRAP_FAILED
    assert "no route to the registry" in row.error
    assert not any(secret in repr(row) for secret in (SYSADMIN, BOARD, REGISTRY))
    await central.of_subclouds.begin(row, Step.RESUME, GO_ON)
    server.central.advance(LONG)
    assert (await central.subcloud("new-001")).status is DeployStatus.COMPLETE


async def test_a_resumption_whose_answer_is_lost_is_not_sent_again(server, central):
    server.central.system.marks.add("installing-fails:new-001:no image")
    await central.of_subclouds.add(ORDER)
    server.central.advance(LONG)
    failed = await central.subcloud("new-001")
    lose(server, "PATCH")
    assert (await central.of_subclouds.begin(failed, Step.RESUME, GO_ON)).status is DeployStatus.PRE_INSTALL
    assert [w for w in writes(server) if w[0] == "PATCH"] == [("PATCH", "/phased-subcloud-deploy/new-001/resume", 200)]


async def test_a_phase_is_aborted(server, central):
    await central.of_subclouds.add(ORDER)
    server.central.advance(100)
    row = await central.of_subclouds.begin(await central.subcloud("new-001"), Step.ABORT, Order())
    assert row.status is DeployStatus.ABORTING_INSTALL


async def test_what_is_under_way_is_waited_for(server, central, deployed):
    server.central.change_rows("subclouds", {}, {"backup-status": "backing-up"})
    with pytest.raises(Busy, match="Please wait until it finishes"):
        await central.of_subclouds.rename(deployed, "newer-001")


# ---- changes


async def test_managing_twice_is_no_error(server, central, deployed):
    assert (await central.of_subclouds.manage("new-001")).is_managed
    assert (await central.of_subclouds.manage("new-001")).is_managed
    assert not (await central.of_subclouds.unmanage(deployed.name)).is_managed


async def test_a_refusal_after_the_change_is_none(server, central, deployed):
    server.central.system.marks.add("state-fails:new-001:dcorch does not answer")
    assert (await central.of_subclouds.manage(deployed.name)).is_managed


async def test_a_refusal_before_it_is_one(server, central):
    await central.of_subclouds.add(ORDER)
    with pytest.raises(Refused, match="its deploy_status must be either"):
        await central.of_subclouds.manage("new-001")


async def test_words_and_group_change_in_one_call(server, central, deployed):
    await central.of_groups.create(SubcloudGroup(0, "canary", "serial", 1))
    row = await central.of_subclouds.amend("new-001", Amendment(description="moved", location="", group="canary"))
    assert (row.description, row.location, row.group_id) == ("moved", "", 2)
    assert deployed.location == "Ottawa"


async def test_install_values_change_with_their_password(server, central, deployed):
    other = Amendment(files=ValueFiles(install=INSTALL | {"install_type": 2}), board=BOARD_REF)
    assert (await central.of_subclouds.amend(deployed.name, other)).board == INSTALL["bmc_address"]
    assert '"install_type": 2' in told(server)["data_install"]


async def test_a_rename_whose_answer_is_lost_is_found_by_the_region(server, central, deployed):
    lose(server, "PATCH")
    assert (await central.of_subclouds.rename(deployed, "newer-001")).region == deployed.region


async def test_addresses_move(server, central, deployed):
    moved = Addresses("192.168.150.0/24", "192.168.150.1", "192.168.150.2", "192.168.150.50")
    row = await central.of_subclouds.move(deployed, NetworkMove(moved, "10.10.10.12", SYSADMIN_REF))
    assert row.status is DeployStatus.RECONFIGURING_NETWORK
    server.central.advance(LONG)
    assert (await central.subcloud("new-001")).addresses == moved


async def test_software_is_prestaged_and_sites_are_backed_up(server, central, deployed):
    await central.of_subclouds.manage("new-001")
    assert (
        await central.of_subclouds.prestage("new-001", Prestage("24.09", SYSADMIN_REF))
    ).prestage_status == "prestaging"
    server.central.advance(LONG)
    lose(server, "POST", "/subcloud-backup")
    assert (await central.of_subclouds.back_up("new-001", Backup(SYSADMIN_REF))).backup_status == "pre-backup"
    server.central.advance(LONG)
    row = await central.subcloud("new-001")
    assert (row.prestage_versions, row.backup_status, bool(row.backup_at)) == ("24.09", "complete-central", True)
    await central.of_subclouds.delete_backup("new-001", "24.09")
    assert (await central.subcloud("new-001")).backup_status == "unknown"


async def test_a_site_goes_back_to_its_backup(server, central, deployed):
    lose(server, "PATCH", "/subcloud-backup/restore")
    row = await central.of_subclouds.restore(deployed, Restore(SYSADMIN_REF, installs=True, release="24.09"))
    assert row.status is DeployStatus.PRE_RESTORE
    server.central.advance(LONG)
    assert (await central.subcloud("new-001")).status is DeployStatus.COMPLETE


async def test_a_dark_site_is_installed_anew_and_deleted(server, central, deployed):
    with pytest.raises(Refused, match="Cannot re-deploy an online"):
        await central.of_subclouds.redeploy(deployed, GO_ON)
    with pytest.raises(Refused, match="must be powered down"):
        await central.of_subclouds.delete("new-001")
    server.sites["new-001"].connect(Connection.RESET)
    dark = await central.subcloud("new-001")
    lose(server, "PATCH")
    assert (await central.of_subclouds.redeploy(dark, GO_ON)).status is DeployStatus.PRE_INSTALL
    server.central.advance(LONG)
    lose(server, "DELETE")
    await central.of_subclouds.delete("new-001")
    assert await central.subcloud("new-001") is None


async def test_what_the_site_itself_says_is_asked_for_one_by_one(server, central, deployed):
    found = await central.of_subclouds.detail(deployed.name)
    assert (found.subcloud.name, found.oam) == ("new-001", BOOTSTRAP["external_oam_floating_address"])
    assert await central.of_subclouds.detail("nowhere") is None
    server.sites["new-001"].connect(Connection.RESET)
    assert (await central.detail("new-001")).oam == ""


# ---- groups and options


async def test_a_group_that_was_made_without_an_answer_is_there(server, central):
    lose(server, "POST")
    made = await central.of_groups.create(SubcloudGroup(0, "canary", "serial", 1))
    assert (made.id, made.description) == (2, "canary")
    assert (await central.of_groups.change(SubcloudGroup(2, "canary", "parallel", 9))).most_parallel == 9
    await central.of_groups.delete("canary")
    assert [group.name for group in await central.groups()] == ["Default"]


async def test_options_are_sent_whole(server, central, deployed):
    wanted = UpdateOptions(storage="serial", most_workers=3)
    await central.options.set(wanted, deployed.name)
    assert await central.options.of(deployed.name) == wanted
    await central.options.forget(deployed.name)
    assert await central.options.of(deployed.name) is None
    assert await central.options.of() == UpdateOptions()


async def test_files_of_deployments_are_known_by_their_names(central):
    assert (await central.files.of()).release == "24.09"
    assert (await central.files.of("22.12")).chart == ""


# ---- the strategy


SOFTWARE = StrategyOrder(StrategyType.SOFTWARE, options={"release_id": "starlingx-24.09.1"}, stop_on_failure=True)


IN_SERVICE = {"administrative": "unlocked", "operational": "enabled", "availability": "available"}


@pytest.fixture
async def outdated(server, central, deployed):
    """In service, its software out of sync, and the release that it lacks was copied to it."""
    await central.of_subclouds.manage("new-001")
    site = server.sites["new-001"]
    site.change_rows("ihosts", {}, IN_SERVICE)
    releases.fill(site.system)
    releases.put(site.system, "24.09.1", reboot_required=False)
    row = told(server)
    server.central.change_rows("subclouds", {}, {"sync": {**row["sync"], "software": "out-of-sync"}})


async def applied(server, central):
    """The strategy once it has ended: the site's own VIM is at work for it, and time passes at both."""
    for _ in range(600):
        if (found := await central.strategy()).state != "applying":
            return found
        server.central.advance(30)
        server.sites["new-001"].advance(30)
    raise AssertionError(found)


async def test_a_strategy_is_made_applied_and_deleted(server, central, outdated):
    ours = await central.of_strategies.create(SOFTWARE)
    assert ours.options["release_id"] == "starlingx-24.09.1"
    lose(server, "POST", "/sw-update-strategy/actions")
    assert (await central.of_strategies.apply(ours)).state == "applying"
    ended = await applied(server, central)
    assert (ended.state, ended.steps) == ("complete", {"new-001": "complete"})
    lose(server, "DELETE")
    await central.of_strategies.delete(ours)
    server.central.advance(60)
    assert await central.strategy() is None


async def test_the_strategy_of_somebody_else_is_left_alone(server, central, outdated):
    ours = await central.of_strategies.create(SOFTWARE)
    await central.of_strategies.delete(ours)
    server.central.advance(60)
    theirs = await central.of_strategies.create(SOFTWARE)
    assert theirs.created_at != ours.created_at
    for touch in (central.of_strategies.apply, central.of_strategies.abort, central.of_strategies.delete):
        with pytest.raises(Conflict, match="somebody else's"):
            await touch(ours)
    assert (await central.strategy()).state == "initial"


async def test_what_a_strategy_fails_with_is_told_by_site(server, central, outdated):
    server.central.system.marks.add("create VIM sw-deploy strategy-fails:new-001:alarm 200.004 stands")
    ours = await central.of_strategies.create(SOFTWARE)
    await central.of_strategies.apply(ours)
    assert (await applied(server, central)).details["new-001"].endswith("alarm 200.004 stands")
    assert (await central.of_strategies.apply(ours)).state == "failed"  # what was applied once is not refused here


async def test_passwords_of_a_strategy_are_not_shown(central, outdated):
    order = StrategyOrder(
        StrategyType.PRESTAGE, options={"release": "24.09", "for_sw_deploy": "true"}, sysadmin=SYSADMIN_REF
    )
    made = await central.of_strategies.create(order)
    assert "sysadmin_password" not in made.options


# ---- secrets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"bmc_password": "hunter2", "bmc_username": "root"}', '{"bmc_password": ***, "bmc_username": "root"}'),
        (r"{\"ansible_ssh_pass\": \"hunter2\"}", r"{\"ansible_ssh_pass\": ***}"),
        ("not present, existing bmc_password in DB: hunter2", "not present, existing bmc_password in DB: ***"),
        ("sysadmin_password='hunter2 and more'; next", "sysadmin_password=***; next"),
        ("the password was not accepted", "the password was not accepted"),
    ],
)
def test_what_stands_behind_a_secret_s_name_is_taken_out(text, left):
    assert redacted(text) == left


def test_the_password_of_a_board_is_known_from_its_row():
    install = '{"bmc_password": "aHVudGVyMg=="}'
    assert without_own("could not log in with hunter2 (aHVudGVyMg==)", install) == "could not log in with *** (***)"
    assert without_own("fine", "no JSON") == "fine"


async def test_a_refusal_repeats_no_password(server, central, deployed):
    server.central.interference.rules.append(
        Rule(Trouble.REFUSE, "PATCH", ".*", status=400, text=f"existing bmc_password in DB: {BOARD}")
    )
    with pytest.raises(Refused) as caught:
        await central.of_subclouds.amend(deployed.name, Amendment(description="x"))
    assert BOARD not in f"{caught.value!r} {caught.value} {caught.value.__context__} {caught.value.__cause__}"


async def test_orders_print_without_what_is_in_their_files():
    said = repr(Order(files=ValueFiles({"admin_password": "x-canary"}, {"bmc_password": "y-canary"}, "z-canary")))
    assert "canary" not in said


# ---- every write, every way to lose an answer


async def _added(central, _row):
    return await central.of_subclouds.add(
        Order(
            ValueFiles(BOOTSTRAP | {"name": "new-002"} | OTHER_RANGE, INSTALL), SYSADMIN_REF, BOARD_REF, "10.10.10.13"
        )
    )


OTHER_RANGE = {"management_start_address": "192.168.101.60", "management_end_address": "192.168.101.70"}
WRITES = {
    "add": _added,
    "configure": lambda central, row: central.of_subclouds.begin(row, Step.CONFIGURE, GO_ON),
    "manage": lambda central, row: central.of_subclouds.manage(row.name),
    "rename": lambda central, row: central.of_subclouds.rename(row, "newer-001"),
    "move": lambda central, row: central.of_subclouds.move(row, MOVE),
    "restore": lambda central, row: central.of_subclouds.restore(row, Restore(SYSADMIN_REF)),
    "group": lambda central, _: central.of_groups.create(SubcloudGroup(0, "canary", "serial", 1)),
    "options": lambda central, row: central.options.set(UpdateOptions(storage="serial"), row.name),
}
MOVE = NetworkMove(
    Addresses("192.168.150.0/24", "192.168.150.1", "192.168.150.2", "192.168.150.50"), "10.10.10.12", SYSADMIN_REF
)


@pytest.mark.parametrize("trouble", [Trouble.RESET_AFTER, Trouble.HANG_AFTER, Trouble.HALF])
@pytest.mark.parametrize("write", list(WRITES))
async def test_what_was_done_without_an_answer_is_done_once(server, central, deployed, write, trouble):
    lose(server, "POST|PATCH", trouble=trouble)
    before = len(writes(server))
    await WRITES[write](central, deployed)
    assert [status for _, _, status in writes(server)[before:]] == [200]


@pytest.mark.parametrize("write", list(WRITES))
async def test_what_never_arrived_is_told_and_changed_nothing(server, central, deployed, write):
    lose(server, "POST|PATCH", trouble=Trouble.RESET)
    before = len(writes(server))
    with pytest.raises(Unreachable, match="may have taken effect"):
        await WRITES[write](central, deployed)
    assert len(writes(server)) == before
