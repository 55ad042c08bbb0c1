"""What surrounds a site: every service that it names is asked, and one that is silent keeps nobody from answering."""

from reconciler.engine.surroundings import Neighbours, surroundings
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.gate import Surroundings
from reconciler.model.rows import Rows
from reconciler.model.words import Service
from tests.apply.fakes import unreachable

ALARM = Alarm("7d1c", "200.001", "host=controller-1", AlarmSeverity.WARNING)
AT_WORK = Orchestration("sw-upgrade", "applying")
DEPLOY = Deployment("25.09.0", "25.09.1", "host")


class Says:
    """A service that gives one answer, or fails."""

    def __init__(self, answer):
        self.answer = answer

    async def _said(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    alarms = orchestration = deployment = _said


async def test_every_service_that_the_site_names_is_asked():
    found = await surroundings("ottawa-001", Neighbours(Says((ALARM,)), Says(AT_WORK), Says(DEPLOY)), Rows())
    assert found == Surroundings((ALARM,), {}, AT_WORK, DEPLOY)


async def test_services_that_it_does_not_name_hold_nothing():
    assert await surroundings("ottawa-001", Neighbours(), Rows()) == Surroundings()


async def test_a_silent_one_is_said_and_the_others_answer():
    found = await surroundings(
        "ottawa-001", Neighbours(Says(unreachable(sent=False)), Says(AT_WORK), Says(None)), Rows()
    )
    assert found.orchestration == AT_WORK
    assert list(found.unread) == [Service.FAULT]
    assert found.unread[Service.FAULT] == str(unreachable(sent=False))


async def test_labels_are_those_of_the_last_reading():
    host = {"uuid": "u7", "id": 7, "hostname": "worker-0"}
    label = {"host_uuid": "u7", "label_key": "stxr.io/hold", "label_value": "crane"}
    rows = Rows({("ihosts", ""): (host,), ("labels", "worker-0"): (label,)})
    assert (await surroundings("ottawa-001", Neighbours(), rows)).labels == {"worker-0": {"stxr.io/hold": "crane"}}
