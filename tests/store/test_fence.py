"""What is written about a site by who has lost its lease: nothing, whatever it believes, and whenever it lost it."""

from __future__ import annotations

import threading
from contextvars import Context

import pytest

from reconciler.model.errors import Lost
from reconciler.model.history import Deed, Happening
from reconciler.model.replica import Lease, of_site
from reconciler.store import Process, StoreMemory, fenced
from reconciler.store.database import writing

SITE = "ottawa-001"
WRITES = [
    pytest.param(lambda store: store.open_window(SITE, "controller-0", "plan-1"), id="open-window"),
    pytest.param(lambda store: store.close_window(SITE, "controller-0"), id="close-window"),
    pytest.param(lambda store: store.set_base(SITE, "c1"), id="base"),
    pytest.param(
        lambda store: StoreMemory(store, "stxr-0").recorder(SITE, "plan-1", "sending-1")(
            Happening(1.0, Deed.ENDED, "failed")
        ),
        id="history",
    ),
]


def joined(store, name):
    return store.sessions.open(Process(name, "node", 1), 1e6)


def leased(store, session):
    lease = store.leases.take(of_site(SITE), session)
    assert lease
    return lease


@pytest.mark.parametrize("write", WRITES)
def test_who_has_lost_the_site_writes_nothing_of_it(open_store, write):
    with open_store() as store:
        stopped, other = joined(store, "stxr-0"), joined(store, "stxr-1")
        with fenced(leased(store, stopped)):
            write(store)
            store.open_window(SITE, "controller-0", "plan-1")
            store.sessions.close(stopped)
            Context().run(leased, store, other)  # in another process
            with pytest.raises(Lost, match="site/ottawa-001: its lease is over"):
                write(store)
        assert store.windows(SITE) == {"controller-0"}


def test_who_has_it_and_who_is_alone_write_what_they_like(open_store):
    with open_store() as store:
        with fenced(leased(store, joined(store, "stxr-0"))):
            store.set_base(SITE, "c1")
        with fenced(Lease(of_site(SITE), "", 0)):
            store.set_base(SITE, "c2")
        assert store.base(SITE) == "c2"


def test_a_site_is_not_taken_while_something_is_written_of_it(open_store):
    """Nor is that waited for: who writes may have been stopped in the midst of it."""
    with open_store() as store:
        ours, other = joined(store, "stxr-0"), joined(store, "stxr-1")
        taken: list[Lease | None] = []
        takes = threading.Thread(target=lambda: taken.append(store.leases.take(of_site(SITE), other)))
        with fenced(leased(store, ours)), writing(store._engine).begin():
            threading.Thread(target=store.sessions.close, args=(ours,)).start()
            takes.start()
            takes.join(timeout=0.2)
            assert not any(taken)
        takes.join()
        store.sessions.close(ours)
        assert any(taken) or store.leases.take(of_site(SITE), other)
