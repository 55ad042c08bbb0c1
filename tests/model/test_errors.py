"""Errors say who must do what, and when the site is worth another visit."""

import pickle

import pytest

from reconciler.model.condition import Condition
from reconciler.model.errors import (
    PLEAS,
    Busy,
    ConfigError,
    ConfigErrors,
    Conflict,
    Failure,
    Held,
    NotReady,
    Nowhere,
    Reason,
    ReconcilerError,
    Refused,
    SecretUnread,
    Stopped,
    Stuck,
    Unauthorized,
    Unreachable,
    Visit,
    asks_to_wait,
)
from reconciler.model.origin import Origin

REFUSAL = ("platform", "PATCH", "/v1/ihosts/6b1d", 400, "Host must be locked", "sc-0412", "controller-0")
SILENCE = (
    "platform",
    "PATCH",
    "/v1/ihosts/6b1d",
    Failure.TIMEOUT,
    "no answer in 120 s",
    True,
    "sc-0412",
    "controller-0",
)

ALL = [
    ConfigError("mtu must be a number", Origin("sites/sc-0412/deployment-config.yaml", 88, 12)),
    SecretUnread("the store of secrets is sealed", "vault:kv/sites#sc-0412"),
    ConfigErrors([ConfigError("one", "a.yaml:1"), ConfigError("two", "b.yaml:2")]),
    Refused(*REFUSAL),
    Busy(*REFUSAL),
    Unauthorized(*REFUSAL),
    Unreachable(*SILENCE),
    Nowhere("sc-0412", "dcmanager has no subcloud of this name yet"),
    NotReady("sc-0412 controller-0: not locked after 1800 s"),
    Conflict("sc-0412: controller-0/interface/mgmt0 has moved"),
    Held("sc-0412: outside its window"),
    Stopped("sc-0412", "deploy-status is install-failed", "no route to the board"),
    Stuck(Condition.LOCK_REFUSED, "controller-0", "no quorum", "sc-0412"),
]


def test_a_configuration_error_begins_with_its_place():
    assert str(ALL[0]) == "sites/sc-0412/deployment-config.yaml:88:12: mtu must be a number"


def test_a_configuration_error_may_have_no_place():
    assert str(ConfigError("no sites")) == "no sites"


def test_configuration_errors_are_listed_one_a_line():
    errors = next(e for e in ALL if isinstance(e, ConfigErrors))
    assert str(errors) == "a.yaml:1: one\nb.yaml:2: two"
    assert [e.message for e in errors] == ["one", "two"]


def test_a_refusal_says_site_host_service_call_fault_and_what_to_do():
    assert str(Refused(*REFUSAL)) == (
        "sc-0412 controller-0: platform refused PATCH /v1/ihosts/6b1d (400): Host must be locked. "
        "Change it in Git, or mend on the site what it complains of."
    )


def test_of_a_reading_that_was_refused_there_is_nothing_to_change_in_git():
    refused = Refused("dcmanager", "GET", "/v1.0/subclouds", 500, "Internal error", "systemController")
    assert str(refused).endswith("(500): Internal error. Mend there what it complains of.")


def test_whose_credentials_are_not_taken_may_be_the_central_clouds():
    told = str(Unauthorized("keystone", "POST", "/v3/auth/tokens", 401, "no", "systemController"))
    assert all(place in told for place in ("endpoints file", "`derived`", "`systemController`"))


def test_a_host_that_is_stuck_says_how_and_what_to_do():
    stuck = Stuck(Condition.LOCK_REFUSED, "controller-0", "no quorum", "sc-0412")
    assert str(stuck) == (
        "sc-0412 controller-0: lock-refused: no quorum. Next: mend what it says, then stxr resume sc-0412"
    )


def test_a_write_without_an_answer_may_have_taken_effect():
    assert "it may have taken effect" in str(Unreachable(*SILENCE))
    assert "taken effect" not in str(Unreachable("platform", "PATCH", "/v1/x", Failure.REFUSED, "", sent=False))


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_says_what_to_check(failure):
    assert "Check " in str(Unreachable("platform", "GET", "/v1/x", failure, "", sent=False))


@pytest.mark.parametrize("error", ALL, ids=lambda e: type(e).__name__)
def test_errors_cross_a_journal_whole(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy)) == (type(error), str(error))
    assert {k: str(v) for k, v in vars(copy).items()} == {k: str(v) for k, v in vars(error).items()}


def test_every_class_has_its_own_reason():
    reasons = {type(e).reason for e in ALL}
    assert reasons == set(Reason) - {Reason.FAILED}


@pytest.mark.parametrize(
    ("kind", "visit"),
    [
        (ConfigError, Visit.STALLED),
        (Refused, Visit.STALLED),
        (Busy, Visit.WAITING),
        (Unreachable, Visit.WAITING),
        (Unauthorized, Visit.WAITING),  # its cure is outside Git, where we cannot see it come
        (Conflict, Visit.AGAIN),
        (Held, Visit.WAITING),
    ],
)
def test_the_class_decides_the_next_visit(kind, visit):
    assert kind.visit is visit


def test_a_busy_platform_is_no_refusal():
    assert not isinstance(Busy(*REFUSAL), Refused)
    assert all(isinstance(e, ReconcilerError) for e in ALL)


# As a running sysinv said them, ids and names changed.
NOT_NOW = [
    "Can not unlock controller-0; runtime config 1c2d x::runtime is pending. Please wait a few seconds and retry.",
    "Can not unlock worker-1 kernel configuration in progress.",
    "HostFs update failed: a LVG update is still pending, please retry again later.",
    "A drbd sync operation is currently in progress. Retry again later.",
    "Host unlock rejected due to in progress action lock",
    "Host worker-9 is not online. Wait for 'online' availability status and then 'unlock'",
    # and as its source writes them
    "Expecting number of interface sriov_numvfs=8. Please wait a few minutes for inventory update and retry host-unlock.",
    "ControllerFs update failed: controllers have pending LVG updates, please retry again later.",
    "Cannot unlock host worker-0 while partitions on the host are in a creating/deleting/modifying state.",
    "Cannot create a partition while the current status of another is 'Creating'. Wait for the operation to finish.",
]


@pytest.mark.parametrize("fault", NOT_NOW)
def test_the_platforms_not_now_is_known(fault):
    assert asks_to_wait(fault)


@pytest.mark.parametrize(
    "fault",
    [
        "Host must be locked before updating installation parameters.",
        "Cannot create instances while volume group nova-local is enabled. Delete the volume group and try again.",
        "Address pool data-pool already exists",
        "",
    ],
)
def test_a_no_is_not_taken_for_a_not_now(fault):
    assert not asks_to_wait(fault)


def test_line_breaks_in_a_fault_do_not_hide_its_words():
    assert asks_to_wait("runtime config x is\n pending.  Please wait")


@pytest.mark.parametrize("plea", PLEAS, ids=lambda p: p.words)
def test_words_are_kept_as_they_are_compared(plea):
    assert asks_to_wait(plea.words.upper())
    assert plea.source
