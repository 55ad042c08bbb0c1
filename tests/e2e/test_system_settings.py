"""What Git says of a system as a whole, sent to a site in service: then nothing differs any more."""

from __future__ import annotations

from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS

SETTING = """
system:
  timezone: Europe/Berlin
  securityFeature: spectre_meltdown_all
  https: {https}
  remoteLogging: {{enabled: true, address: 10.10.10.99, port: 6514, transport: tcp}}
  drbd: {{secure: true, rttMs: 1.5}}
"""
SYSTEM = document("System", "ottawa", "  vswitchType: nuage_vrs\n  storage: {drbd: {linkUtilization: 60}}")


def setting(world) -> str:
    """Everything of ours, HTTPS the other way round than the site has it."""
    row = world.site(OTTAWA).rows("isystems", {})[0]
    return SETTING.format(https=str(not row["capabilities"]["https_enabled"]).lower())


async def test_every_setting_of_the_system_is_brought_to_the_site_and_stays(in_service):
    async with in_service(OTTAWA) as (world, clone):
        before = (clone.folder / SETTINGS).read_text()
        clone.commit({SETTINGS: before + setting(world), OWN: SYSTEM})
        began = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)
        paths = [w.path.split("/")[2] for w in world.writes(OTTAWA, began) if "/ihosts/" not in w.path]
        assert sorted(paths) == ["drbdconfig", *["isystems"] * 5, "remotelogging"]  # one is its name
        assert {w.status for w in world.writes(OTTAWA, began)} == {200}


async def test_encryption_survives_another_change_of_replication(in_service):
    async with in_service(OTTAWA) as (world, clone):
        before = (clone.folder / SETTINGS).read_text()
        clone.commit({SETTINGS: before + "\nsystem: {drbd: {secure: true}}\n"})
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({SETTINGS: before, OWN: document("System", "ottawa", "  storage: {drbd: {linkUtilization: 60}}")})
        assert (await world.applied(OTTAWA)).is_done
        (kept,) = world.site(OTTAWA).rows("service_parameter", {"section": "drbd", "name": "secure"})
        assert kept["value"] == "True"
