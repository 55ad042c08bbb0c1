"""A field that we write to one value again and again, and that differs still, has a second writer."""

from reconciler.model.fight import FightPolicy, Written, fought, noted, place

NTP = "system/ntp/ntp:servers"
HOUR = 3_600.0
POLICY = FightPolicy(times=3, within="24h")
WANTS = {NTP: "192.0.2.1"}


def after(*moments, value="192.0.2.1", known=None):
    """The writes once the field was written at each of these hours."""
    known = known or {}
    for moment in moments:
        known = noted(known, f"sending-{moment}", {NTP: value}, moment * HOUR, 7 * 24 * HOUR)
    return known


def test_a_field_that_was_written_often_enough_and_differs_still_is_fought_over():
    assert fought(after(1, 2), WANTS, POLICY, 3 * HOUR) == {}
    assert fought(after(1, 2, 3), WANTS, POLICY, 4 * HOUR) == {NTP: (HOUR, 2 * HOUR, 3 * HOUR)}


def test_only_writes_of_the_last_hours_count():
    assert fought(after(1, 2, 3), WANTS, POLICY, 25.5 * HOUR) == {}
    assert list(fought(after(1, 2, 3), WANTS, POLICY, 24.5 * HOUR)) == [NTP]


def test_a_commit_that_wants_another_value_begins_anew():
    known = after(4, value="192.0.2.2", known=after(1, 2, 3))
    assert fought(known, {NTP: "192.0.2.2"}, POLICY, 5 * HOUR) == {}
    assert fought(known, WANTS, POLICY, 5 * HOUR) == {}


def test_the_end_of_a_sending_may_be_told_twice():
    assert after(1, 1, 1) == after(1)


def test_what_is_old_is_forgotten_with_the_next_write():
    known = noted(after(1), "later", {"host/label/rack": "r12"}, 8 * 24 * HOUR, 7 * 24 * HOUR)
    assert list(known) == ["host/label/rack"]


def test_of_each_field_only_the_last_writes_are_kept():
    known = after(*range(1, 31))
    assert min(known[NTP].at.values()) == 11 * HOUR


def test_no_value_is_kept():
    assert "192.0.2.1" not in repr(after(1))
    assert Written(after(1)[NTP].wanted, {"sending-1": HOUR}) == after(1)[NTP]


def test_a_field_is_named_as_accept_takes_it():
    assert place("system/ntp/ntp", "servers") == NTP
    assert place("controller-0/label/rack", "") == "controller-0/label/rack"
