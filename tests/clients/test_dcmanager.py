"""The central cloud, as its dcmanager says it: one call for all subclouds, and no secret that its rows hold."""

from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from reconciler.clients.central import Declared, open_central, open_central_faults
from reconciler.clients.endpoints import Credentials, Password, load_central
from reconciler.model.central import AlarmCounts, Attention, CentralStrategy, Subcloud, SubcloudGroup
from reconciler.model.errors import ConfigError, Refused, Unreachable
from tests.clients.conftest import PASSWORD, QUICKLY, reply

BMC_PASSWORD = "Ym1jcHc="
ROW = {
    "id": 1,
    "name": "ottawa-001",
    "software-version": "26.03",
    "management-state": "managed",
    "availability-status": "online",
    "deploy-status": "complete",
    "backup-status": None,
    "error-description": "No errors present",
    "region-name": "814f83ee52c445d1ab8152b8320379e4",
    "prestage-status": None,
    "data_install": f'{{"bmc_address": "10.10.10.111", "bmc_password": "{BMC_PASSWORD}"}}',
    "group_id": 2,
    "endpoint_sync_status": [{"endpoint_type": "platform", "sync_status": "in-sync"}],
}
OTTAWA = Subcloud(
    name="ottawa-001",
    region="814f83ee52c445d1ab8152b8320379e4",
    group_id=2,
    management="managed",
    availability="online",
    deploy_status="complete",
    release="26.03",
    error="No errors present",
    sync={"platform": "in-sync"},
    board="10.10.10.111",
)
NOT_FOUND = web.json_response({"code": 404, "title": "Not Found", "description": "Strategy not found"}, status=404)


@pytest.fixture
async def opened(endpoint, clock):
    async with AsyncExitStack() as stack:

        async def opened(at=endpoint):
            return await stack.enter_async_context(open_central(at, clock=clock, limits=QUICKLY))

        yield opened


@pytest.fixture
async def central(site, endpoint, opened):
    return await opened(endpoint.model_copy(update={"services": {"dcmanager": f"{site.url}/v1.0"}}))


async def test_all_subclouds_are_one_call(site, central):
    site.answers({"subclouds": [ROW]})
    assert await central.subclouds() == (OTTAWA,)
    assert [request.path for request in site.asked] == ["/v1.0/subclouds"]
    assert site.asked[0].headers["Accept"] == "application/json"  # or errors are HTML


async def test_passwords_of_boards_stay_in_the_answer(site, central):
    site.answers({"subclouds": [ROW]}, {"subclouds": [{**ROW, "group_id": BMC_PASSWORD}]})
    assert BMC_PASSWORD not in repr(await central.subclouds())
    with pytest.raises(Unreachable, match="a row of another form") as caught:
        await central.subclouds()
    assert BMC_PASSWORD not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


async def test_a_row_without_a_column_is_no_readable_list(site, central):
    site.answers({"subclouds": [{k: v for k, v in ROW.items() if k != "deploy-status"}]})
    with pytest.raises(Unreachable, match="a row without 'deploy-status'"):
        await central.subclouds()


async def test_one_subcloud_is_asked_for_by_its_name(site, central):
    site.answers(ROW, NOT_FOUND)
    assert await central.subcloud("ottawa-001") == OTTAWA
    assert await central.subcloud("nowhere") is None


async def test_groups_say_how_many_at_a_time(site, central):
    group = {"id": 2, "name": "east", "update_apply_type": "parallel", "max_parallel_subclouds": 50}
    site.answers({"subcloud_groups": [group]})
    assert await central.groups() == (SubcloudGroup(2, "east", "parallel", 50),)


async def test_a_strategy_has_a_step_for_each_of_its_subclouds(site, central):
    strategy = {"type": "sw-deploy", "state": "applying", "extra-args": {"sysadmin_password": BMC_PASSWORD}}
    site.answers(strategy, {"strategy-steps": [{"cloud": "ottawa-001", "state": "sw-deploy pre-check"}]})
    found = await central.strategy()
    assert found == CentralStrategy("sw-deploy", "applying", {"ottawa-001": "sw-deploy pre-check"})
    assert [r.path for r in site.asked] == ["/v1.0/sw-update-strategy", "/v1.0/sw-update-strategy/steps"]


async def test_there_may_be_no_strategy(site, central):
    site.answers(NOT_FOUND)
    assert await central.strategy() is None
    assert len(site.asked) == 1


async def test_a_refusal_is_told_in_its_own_words(site, central):
    site.answers(reply({"code": 403, "title": "Forbidden", "description": "not for readers"}, 403))
    with pytest.raises(Refused, match=r"dcmanager.*not for readers"):
        await central.strategy()


async def test_a_page_of_html_is_read_for_its_words(site, central):
    page = "<html>\n <body>\n  <h1>400 Bad Request</h1>\n  Malformed.<br /><br />\nBody required\n </body>\n</html>"
    site.answers(web.Response(status=400, body=page.encode(), content_type="text/html"))
    with pytest.raises(Refused, match="Body required"):
        await central.subclouds()


async def test_counts_of_alarms_that_nobody_made_are_none(site, central):
    counts = {"critical_alarms": 1, "major_alarms": 0, "minor_alarms": 2, "warnings": 3}
    unknown = dict.fromkeys(counts, -1)
    site.answers({"alarm_summary": [{"region_name": "a", **counts}, {"region_name": "b", **unknown}]})
    assert await central.alarm_counts() == {"a": AlarmCounts(1, 0, 2, 3)}


# ---- the way there


def catalogue(*endpoints):
    rows = [{"interface": interface, "region": region, "url": url} for interface, region, url in endpoints]
    return {"catalog": [{"type": "platform", "endpoints": []}, {"type": "dcmanager", "endpoints": rows}]}


async def test_its_catalogue_says_where_it_is(site, endpoint, opened):
    public = ("public", "SystemController", f"{site.url}/at-public/v1.0")
    site.answers(catalogue(("admin", "SystemController", "http://elsewhere/v1.0"), public), {"subclouds": []})
    central = await opened(endpoint.model_copy(update={"services": {}, "region": "SystemController"}))
    assert await central.subclouds() == ()
    assert [request.path for request in site.asked] == ["/v3/auth/catalog", "/at-public/v1.0/subclouds"]


async def test_a_region_without_it_is_a_mistake_of_whoever_wrote_the_file(site, endpoint, opened):
    site.answers(catalogue(("public", "RegionOne", site.url)))
    with pytest.raises(ConfigError, match="no dcmanager in region SystemController; it has one in RegionOne"):
        await opened(endpoint.model_copy(update={"services": {}, "region": "SystemController"}))


async def test_its_fault_management_is_in_its_own_region(site, endpoint):
    rows = [
        {"interface": "public", "region": region, "url": url}
        for region, url in (("sc-0412", "http://elsewhere"), ("RegionOne", f"{site.url}/fm/v1"))
    ]
    site.answers({"catalog": [{"type": "faultmanagement", "endpoints": rows}]}, {"alarms": []})
    async with open_central_faults(endpoint.model_copy(update={"services": {}, "region": "SystemController"})) as fm:
        assert await fm.alarms() == ()
    assert [request.path for request in site.asked] == ["/v3/auth/catalog", "/fm/v1/alarms"]


async def test_what_is_no_catalogue_is_said(site, endpoint, opened):
    site.answers({"catalog": [{"name": "no type"}]})
    with pytest.raises(Unreachable, match="no catalogue in it"):
        await opened(endpoint.model_copy(update={"services": {}}))


def test_git_may_not_name_the_program_s_own_secrets(monkeypatch):
    monkeypatch.setenv("STXR_API_TOKEN", PASSWORD)
    credentials = Credentials(username="admin", password=Password(secret_ref="env:STXR_API_TOKEN"))
    said = Declared(name="systemController", auth_url="http://elsewhere", credentials=credentials)
    with pytest.raises(ConfigError, match="this program's own"):
        said.password()


FILE = """
endpoints: {}
systemController:
  authUrl: https://[2001:db8::1]:5000/v3
  credentials: {username: admin, password: {secretRef: "file:centre"}}
"""


def test_the_endpoints_file_may_name_the_central_cloud(tmp_path):
    path = tmp_path / "endpoints.yaml"
    path.write_text(FILE)
    (tmp_path / "centre").write_text(PASSWORD)
    (tmp_path / "centre").chmod(0o600)
    found = load_central(path)
    assert found.region == "SystemController"
    assert found.password().get_secret_value() == PASSWORD
    assert dict(found.services) == {}


@pytest.mark.parametrize("said", ["5", "{authUrl: 'https://a', credentials: {username: a, password: hunter2}}"])
def test_what_is_wrong_with_it_is_said_without_its_password(tmp_path, said):
    path = tmp_path / "endpoints.yaml"
    path.write_text(f"endpoints: {{}}\nsystemController: {said}\n")
    with pytest.raises(Exception, match="systemController") as caught:
        load_central(path)
    assert "hunter2" not in str(caught.value)


def test_a_fleet_may_have_no_central_cloud(tmp_path):
    path = tmp_path / "endpoints.yaml"
    path.write_text("endpoints: {}")
    assert load_central(path) is None


# ---- what its words mean


@pytest.mark.parametrize(
    ("said", "moves"),
    [
        ({}, ""),
        ({"deploy_status": "configuring"}, "its deploy status is configuring"),
        ({"deploy_status": "config-failed"}, ""),
        ({"deploy_status": "sw-deploy-in-progress"}, "its deploy status is sw-deploy-in-progress"),
        ({"prestage_status": "prestaging"}, "software is being prestaged"),
        ({"prestage_status": "failed"}, ""),
        ({"backup_status": "backing-up"}, "its backup is backing-up"),
        ({"backup_status": "complete-local"}, ""),
    ],
)
def test_dcmanager_is_at_work_while_a_state_is_on_its_way(said, moves):
    row = Subcloud("a", "r", 1, "managed", "online", **{"deploy_status": "complete", "release": "26.03", **said})
    assert row.moves == moves


@pytest.mark.parametrize(
    ("strategy", "step", "told"),
    [
        ("applying", "initial", "dcmanager's firmware strategy is applying, here at: initial"),
        ("applying", "complete", ""),
        ("complete", "initial", ""),
        (
            "abort requested",
            "importing firmware",
            "dcmanager's firmware strategy is abort requested, here at: importing firmware",
        ),
    ],
)
def test_a_strategy_concerns_a_site_while_its_step_there_has_not_ended(strategy, step, told):
    attention = Attention(None, CentralStrategy("firmware", strategy, {"a": step}))
    assert attention.at_work("a") == told
    assert attention.at_work("b") == ""
