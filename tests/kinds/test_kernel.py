"""Kernel: read from the subfunctions, written under lock, on hosts that run workloads."""

from __future__ import annotations

from reconciler.model.words import Needs
from tests.kinds.machines import AIO, KINDS, context, difference, differences, host, resource, rows, sent, why_not

TEXT = "hosts: {controller-0: {kernel: lowlatency, subfunctions: [controller, worker]}}"
LOW = {"subfunctions": "controller,worker,lowlatency"}


def test_it_is_read_without_asking_the_host():
    assert resource("kernel", rows(host(**AIO))).spec.flavour == "standard"
    assert resource("kernel", rows(host(**LOW))).spec.flavour == "lowlatency"


def test_it_is_not_also_a_difference_of_subfunctions():
    assert differences(TEXT, rows(host(**LOW))) == {}


def test_another_one_is_provisioned_under_lock():
    assert sent(TEXT, rows(host(**AIO))) == ["PATCH ihosts/<controller-0>/kernel kernel_provisioned=lowlatency"]
    change = difference(TEXT, rows(host(**AIO)))
    assert KINDS["kernel"].needs_of(change, context(TEXT, rows(host(**AIO)))) is Needs.LOCKED


def test_a_host_without_worker_function_has_no_choice():
    text = "hosts: {controller-0: {kernel: lowlatency}}"
    assert "no worker function" in why_not(text, rows(host()))["controller-0/kernel"]


def test_a_host_that_is_not_installed_waits():
    text = "hosts: {compute-0: {kernel: lowlatency}}"
    found = rows(host(), host("compute-0", "new", 2, inv_state=None))
    assert "not installed yet" in why_not(text, found)["host/compute-0"]
