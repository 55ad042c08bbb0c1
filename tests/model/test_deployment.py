"""What dcmanager's words for a deployment mean for whoever waits for it, or asks for the next phase."""

import pytest

from reconciler.model.deployment import (
    AFTER_RESTART,
    REMAINING,
    STARTS,
    DeployStatus,
    Milestone,
    Step,
    is_failed,
    is_moving,
    passed,
)

ADDED_WORDS = """
not-deployed creating create-complete pre-install installing install-complete pre-bootstrap bootstrapping
bootstrap-complete pre-config configuring complete
"""
ADDED = ADDED_WORDS.split()


def test_whoever_misses_states_still_sees_what_is_behind_them():
    milestones = [passed(DeployStatus(word)) for word in ADDED]
    assert milestones == sorted(milestones)
    assert set(milestones) == set(Milestone)


def test_a_word_of_a_newer_release_says_nothing_and_breaks_nothing():
    status = DeployStatus("reticulating-splines")
    assert status is DeployStatus.UNKNOWN
    assert (passed(status), is_moving(status), is_failed(status)) == (Milestone.NONE, False, False)


def test_what_moves_is_failed_after_a_restart_of_the_manager():
    assert all(is_moving(before) and is_failed(after) for before, after in AFTER_RESTART.items())


def test_nothing_that_moves_takes_an_order_but_to_abort():
    assert not {
        status for step, found in STARTS.items() if step is not Step.ABORT for status in found if is_moving(status)
    }


@pytest.mark.parametrize("status", list(REMAINING))
def test_a_resumption_begins_with_a_phase_that_could_be_asked_for_by_itself(status):
    assert status in STARTS[REMAINING[status][0]]


def test_configuring_again_is_how_a_deployed_site_gets_its_documents():
    assert [step for step in Step if DeployStatus.COMPLETE in STARTS[step]] == [Step.CONFIGURE]
