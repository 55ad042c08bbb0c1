"""The alarms of one site, as its Fault Management says them."""

import pytest

from reconciler.model.alarm import Alarm, AlarmSeverity, Noted
from reconciler.model.errors import Failure, Refused, Unreachable
from tests.clients.conftest import fault

LOCKED = {
    "uuid": "7d1c",
    "alarm_id": "200.001",
    "entity_instance_id": "host=controller-1",
    "timestamp": "2026-03-01T09:00:00.000000",
    "severity": "warning",
    "reason_text": "controller-1 was locked.",
    "suppression_status": "unsuppressed",
    "mgmt_affecting": "True",
    "degrade_affecting": "False",
}


@pytest.fixture
async def fm(site, endpoint, open_clients):
    at = endpoint.model_copy(update={"services": {"platform": site.url, "faultmanagement": f"{site.url}/v1"}})
    return (await open_clients(at)).fault


async def test_alarms_that_stand_are_values(site, fm):
    site.answers({"alarms": [LOCKED]})
    assert await fm.alarms() == (
        Alarm(
            "7d1c",
            "200.001",
            "host=controller-1",
            AlarmSeverity.WARNING,
            "controller-1 was locked.",
            "2026-03-01T09:00:00.000000",
            affects_management=True,
        ),
    )
    assert site.asked[0].path == "/v1/alarms"


async def test_every_page_is_read(site, fm):
    link = "http://fm:18002/v1/alarms?sort_key=id&sort_dir=asc&limit=1&marker=7d1c"
    site.answers({"alarms": [LOCKED], "next": link}, {"alarms": [{**LOCKED, "uuid": "8e2d"}]})
    assert [alarm.uuid for alarm in await fm.alarms()] == ["7d1c", "8e2d"]


async def test_what_nobody_dated_or_explained_is_still_an_alarm(site, fm):
    site.answers({"alarms": [{**LOCKED, "timestamp": None, "reason_text": None}]})
    (alarm,) = await fm.alarms()
    assert (alarm.since, alarm.reason) == ("", "")


async def test_an_alarm_of_a_severity_that_nobody_knows_is_no_readable_list(site, fm):
    site.answers({"alarms": [{**LOCKED, "severity": "purple"}]})
    with pytest.raises(Unreachable, match=r"'purple' is not a valid") as caught:
        await fm.alarms()
    assert caught.value.failure is Failure.GARBLED
    assert caught.value.site == "sc-0412"


async def test_a_refusal_names_the_service(site, fm):
    site.answers(fault("'<' not supported between instances of 'NoneType' and 'int'", 500, "Server"))
    with pytest.raises(Refused, match="faultmanagement"):
        await fm.alarms()


async def test_a_site_may_have_no_fault_management(clients):
    assert clients.fault is None


@pytest.mark.parametrize(
    ("entity", "host"),
    [("host=worker-0", "worker-0"), ("host=worker-0.process=pmond", "worker-0"), ("cluster=1c2d", ""), ("", "")],
)
def test_an_alarm_names_its_host(entity, host):
    assert Alarm("7d1c", "200.006", entity, AlarmSeverity.MAJOR).host == host


async def test_the_newest_events_are_read_and_no_further_page(site, fm):
    """As recorded: no zone, the next page always named."""
    row = {
        "uuid": "3c74",
        "event_log_id": "250.001",
        "state": "set",
        "entity_instance_id": "host=controller-0",
        "timestamp": "2026-11-21T02:21:45.500000",
        "severity": "major",
        "reason_text": "controller-0 Configuration is out-of-date.",
        "suppression_status": "unsuppressed",
    }
    site.answers({"event_log": [row, {**row, "state": "clear"}], "next": "http://fm:18002/v1/event_log?marker=3c74"})
    first, _ = await fm.noted()
    assert first == Noted(1795227705.5, "250.001", "set", "host=controller-0", "major", row["reason_text"])
    assert [request.path for request in site.asked] == ["/v1/event_log"]
    site.answers({"event_log": [{**row, "timestamp": None}]})
    with pytest.raises(Unreachable, match="an event that this program cannot read"):
        await fm.noted()
