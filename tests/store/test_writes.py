"""When each field of a site was written outlives the process, and is forgotten in time."""

from reconciler.model.fight import Written

DAY = 86_400.0


def test_writes_are_kept_by_site(open_store):
    store = open_store()
    store.writes.note("ottawa-001", "s1", {"a:b": "1"}, 100.0)
    store.writes.note("ottawa-001", "s2", {"a:b": "1", "c": "x"}, 200.0)
    store.close()
    store = open_store()
    known = store.writes.of("ottawa-001")
    assert {name: one.at for name, one in known.items()} == {"a:b": {"s1": 100.0, "s2": 200.0}, "c": {"s2": 200.0}}
    assert isinstance(known["c"], Written)
    assert store.writes.of("gatineau-001") == {}


def test_after_a_week_they_do_not_count_any_more(store):
    store.writes.note("ottawa-001", "s1", {"a:b": "1"}, 100.0)
    store.writes.note("ottawa-001", "s2", {"c": "x"}, 100.0 + 8 * DAY)
    assert list(store.writes.of("ottawa-001")) == ["c"]
