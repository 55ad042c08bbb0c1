"""How our alarms on the system controller are kept outlives the process that keeps them."""

from reconciler.model.alarming import Alarming
from reconciler.store import alarming_of


def test_nothing_was_raised_where_nobody_said_so(store, folder, url):
    assert store.alarming.get() == alarming_of(folder, url) == Alarming()


def test_the_next_process_finds_what_was_written_down_last(open_store, folder, url):
    failing = Alarming(may_stand=True, stand=3, failing_since=1_000.0, tries=2, error="no answer")
    with open_store() as store:
        store.alarming.put(Alarming(may_stand=True))
        store.alarming.put(failing)
    with open_store() as again:
        assert again.alarming.get() == failing
    assert alarming_of(folder, url) == failing
