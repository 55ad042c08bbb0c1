"""What was sent and may be stored without being applied outlives the process."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds import registry
from reconciler.kinds.dns import Dns
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.stored import Stored

KINDS = registry()
DNS = ResourceKey("dns", "")
NOTE = Stored(
    Resource(DNS, Dns(servers=("10.0.0.1",))), Resource(DNS, Dns(servers=("10.0.0.2",))), {"controller-0": "a1"}
)


def test_a_note_outlives_the_process(open_store):
    with open_store() as store:
        store.notes.keep("yard", NOTE)
    with open_store() as again:
        assert again.notes.of("yard", KINDS) == (NOTE,)
        assert again.notes.of("plant", KINDS) == ()


def test_the_last_word_on_a_resource_counts(store):
    store.notes.keep("yard", NOTE)
    store.notes.keep("yard", replace(NOTE, is_missed=True))
    assert store.notes.of("yard", KINDS) == (replace(NOTE, is_missed=True),)
    store.notes.forget("yard", "dns")
    assert store.notes.of("yard", KINDS) == ()


def test_a_note_on_what_this_program_does_not_know_is_left_out(store):
    store.notes.keep("yard", NOTE)
    assert store.notes.of("yard", {}) == ()
