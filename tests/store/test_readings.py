"""The last reading of each site, on both databases; what is called a secret is not in it."""

from __future__ import annotations

from sqlalchemy import text

from reconciler.store import Reading
from reconciler.store.database import engine_of, file_url

HOSTS = {"ihosts": [{"hostname": "controller-0", "uuid": "u-1"}]}


def test_the_last_reading_is_given_back_whole(store):
    store.readings.keep(Reading("ottawa-001", 1_000.0, {"ihosts": {"ihosts": []}}))
    store.readings.keep(Reading("ottawa-001", 2_000.0, {"ihosts": HOSTS}))
    assert store.readings.of("ottawa-001") == Reading("ottawa-001", 2_000.0, {"ihosts": HOSTS})
    assert store.readings.of("lab-1") is None


def test_an_equal_reading_is_newer_only(store):
    for at in (1_000.0, 2_000.0):
        store.readings.keep(Reading("ottawa-001", at, {"ihosts": HOSTS}))
    assert store.readings.times() == {"ottawa-001": 2_000.0}


def test_sites_that_are_gone_leave_no_reading(store):
    for site in ("ottawa-001", "lab-1"):
        store.readings.keep(Reading(site, 1_000.0, {"ihosts": HOSTS}))
    store.forget(["lab-1"])
    assert store.readings.times() == {"ottawa-001": 1_000.0}


def test_secrets_that_a_platform_shows_are_not_kept(store, folder, url):
    rows = [
        {"name": "auth-secret", "value": "Canary-1", "section": "docker-registry"},
        {"name": "keystone", "bm_password": "Canary-2", "value": "plain"},
        {"name": "publicdns_key", "value": None},
        {"label_key": "sriovdp", "label_value": "enabled", "value": "plain"},
    ]
    store.readings.keep(Reading("ottawa-001", 1_000.0, {"service_parameter": {"parameters": rows}}))
    kept = store.readings.of("ottawa-001").inventory["service_parameter"]["parameters"]
    assert [row.get("value") for row in kept] == ["****", "plain", None, "plain"]
    assert kept[3]["label_key"] == "sriovdp"
    assert kept[1]["bm_password"] == "****"
    engine = engine_of(url or file_url(folder))
    with engine.connect() as db:
        assert b"Canary" not in bytes(db.scalar(text("select content from readings")))
    engine.dispose()
