"""Labels: by key, all of a host in one call, some of them under lock."""

from __future__ import annotations

import pytest

from reconciler.model.words import Disruption, Needs
from tests.kinds.machines import HOST, KINDS, context, difference, differences, host, planned, rows, sent
from tests.kinds.networks import calls, told

KIND = KINDS["label"]


def label(key: str, value: str = "enabled") -> dict[str, str]:
    return {"uuid": f"label-{key}", "label_key": key, "label_value": value, "host_uuid": f"host-{HOST}"}


def text(**labels: str) -> str:
    return f"hosts: {{controller-0: {{labels: {labels}}}}}"


def test_labels_that_git_does_not_say_are_left_alone():
    assert differences(text(region="east"), rows(labels=[label("region", "east"), label("other")])) == {}


def test_new_ones_are_set_in_one_call():
    assert sent(text(region="east", rack="7"), rows()) == ["POST labels/<controller-0> rack=7 region=east"]


def test_another_value_is_written_over_the_old_one():
    assert sent(text(region="west", rack="7"), rows(labels=[label("region", "east")])) == [
        "POST labels/<controller-0>?overwrite=true rack=7 region=west"
    ]


@pytest.mark.parametrize(
    "key",
    [
        "openstack-control-plane",
        "openstack-compute-node",
        "openvswitch",
        "disable-nohz-full",
        "remote-storage",
        "sriovdp",
        "sriovdp-isrdma",
        "sriovdp-vhostnet",
        "kube-topology-mgr-policy",
        "kube-cpu-mgr-policy",
        "kube-memory-mgr-policy",
    ],
)
def test_some_are_set_under_lock(key):
    said = text(**{key: "enabled"})
    around = context(said, rows())
    assert KIND.needs_of(difference(said, rows()), around) is Needs.LOCKED
    assert KIND.disruption_of(difference(said, rows()), around) is Disruption.LOCK


def test_the_others_do_not_wait_for_the_lock_of_those():
    made = planned(text(sriovdp="enabled", region="east"), rows())
    assert [(s.host, [told(c) for step in s.steps for c in step.calls]) for s in made.stages] == [
        ("", ["POST labels/<controller-0> region=east"]),
        ("controller-0", ["POST labels/<controller-0> sriovdp=enabled"]),
    ]


def test_a_host_that_never_was_in_service_costs_nothing():
    made = planned(text(sriovdp="enabled"), rows(host(state="new")))
    assert (made.disruption, len(calls(made))) == (Disruption.NONE, 1)
