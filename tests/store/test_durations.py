"""What was measured outlives the process, by what hosts are alike, and never grows beyond the last of each."""

from concurrent.futures import ThreadPoolExecutor

from reconciler.model.durations import KEPT, Key
from reconciler.model.forecast import Act, Like, Took
from reconciler.store.database import engine_of, file_url
from reconciler.store.durations import DurationStore

EDGE = Like("simplex", "All-in-one", "controller,worker", "Xeon D-2183IT")
OTHER = Like("simplex", "All-in-one", "controller,worker", "Xeon Gold 6212U")


def test_measurements_are_kept_apart_by_what_they_are_of(open_store):
    store = open_store()
    store.durations.note([Took(Act.LOCK, EDGE, 41.04), Took(Act.LOCK, OTHER, 30.0)], 100.0)
    store.durations.note([Took(Act.LOCK, EDGE, 43.0), Took(Act.CALL, EDGE, 1.5, "route")], 200.0)
    store.close()
    assert open_store().durations.known().lasted == {
        Key(Act.LOCK, EDGE): [41.0, 43.0],
        Key(Act.LOCK, OTHER): [30.0],
        Key(Act.CALL, EDGE, "route"): [1.5],
    }


def test_only_the_last_of_each_are_kept(store):
    for turn in range(3):
        store.durations.note([Took(Act.CALL, EDGE, float(turn), "label") for _ in range(KEPT - 50)], float(turn))
    [kept] = store.durations.known().lasted.values()
    assert kept == [1.0] * 50 + [2.0] * (KEPT - 50)


def test_what_was_not_measured_for_long_is_forgotten(store):
    store.durations.note([Took(Act.LOCK, OTHER, 30.0)], 100.0)
    store.durations.note([Took(Act.LOCK, EDGE, 41.0)], 900.0)
    store.durations.prune(500.0)
    assert list(store.durations.known().lasted) == [Key(Act.LOCK, EDGE)]


def test_of_those_who_note_at_once_nothing_is_lost(store, folder, url):
    def note(number):
        engine = engine_of(url or file_url(folder))
        try:
            DurationStore(engine).note([Took(Act.SWACT, EDGE, float(number)), Took(Act.LOCK, EDGE, 1.0)], 1.0)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(24)))
    assert sorted(store.durations.known().lasted[Key(Act.SWACT, EDGE)]) == [float(number) for number in range(24)]
