"""What one replica read of the central cloud, the others find."""

import zlib

from sqlalchemy import text

from reconciler.model.central import Addresses, AlarmCounts, CentralStrategy, Counted, Reading, Subcloud

OTTAWA = Subcloud(
    "ottawa-001",
    "r",
    1,
    "managed",
    "online",
    "complete",
    "26.03",
    sync={"platform": "in-sync"},
    addresses=Addresses("10.0.0.0/24"),
)
READING = Reading(
    1_000.0,
    {"ottawa-001": OTTAWA},
    CentralStrategy("sw-deploy", "applying", {"ottawa-001": "queued"}),
    Counted(990.0, {"ottawa-001": AlarmCounts(0, 1, 0, 2)}),
)


def test_it_comes_back_whole_and_of_the_cloud_that_was_asked(store):
    assert store.central.newest("https://centre") is None
    store.central.put("https://centre", Reading(900.0, {}))
    store.central.put("https://centre", READING)
    assert store.central.newest("https://centre") == READING
    assert store.central.newest("https://elsewhere") is None


def test_what_another_program_wrote_in_another_form_is_no_reading(store):
    store.central.put("https://centre", READING)
    packed = zlib.compress(b"{}")
    with store._engine.begin() as db:
        db.execute(text("update central set content = :packed"), {"packed": packed})
    assert store.central.newest("https://centre") is None
