"""By which words a site was deployed anew: each counts once, and what the site was before is forgotten with it."""

from __future__ import annotations

import pytest

from reconciler.model.batch import OrderEnd, SiteOrder, Wish
from reconciler.model.deployed import Deployed
from reconciler.model.redeployment import Asked, Redeployed
from reconciler.model.strategy_orders import StrategyType
from reconciler.store.beside import recall

VALUES = Deployed("c2", {"banner": "sha256:2"}, is_ours=True)
ASKED = Asked("one", VALUES)


@pytest.fixture
def known(store):
    store.redeployments.sees("ottawa", "zero")
    return store.redeployments


def test_the_word_that_git_said_when_the_site_was_first_seen_deployed_counts_no_more(known):
    known.sees("ottawa", "one")
    assert known.of("ottawa") == Redeployed(("zero",))
    assert (known.of("ottawa").counts("zero"), known.of("ottawa").counts("one")) == (False, True)
    assert not known.of("gatineau").counts("one")  # nobody has seen it deployed
    assert not known.of("ottawa").counts(None)


def test_what_was_taken_is_noted_once_and_what_the_site_was_before_is_forgotten(store, known):
    store.set_base("ottawa", "c1")
    store.open_window("ottawa", "controller-0", "a-plan")
    known.begins("ottawa", ASKED)
    known.sent("ottawa", 5.0, "complete")
    assert known.of("ottawa") == Redeployed(("zero",), Asked("one", VALUES, 5.0, "complete"))
    known.taken("ottawa")
    known.taken("ottawa")
    assert known.of("ottawa").tokens == ("zero", "one")
    assert (store.deployed.of("ottawa"), store.base("ottawa"), store.windows("ottawa")) == (VALUES, "", frozenset())
    known.ended("ottawa")
    assert known.of("ottawa") == Redeployed(("zero", "one"))


@pytest.mark.parametrize(("state", "is_left"), [(OrderEnd.FAILED, False), ("sw-deploy pre-check", True)])
def test_what_a_strategy_of_dcmanagers_left_half_way_is_gone_with_the_site(store, known, state, is_left):
    """Or somebody's own deployment on the new one would be taken for the rest of ours, and gone on with."""
    store.strategies.ask(SiteOrder("ottawa", Wish(StrategyType.SOFTWARE), 900.0))
    store.strategies.note("ottawa", state)
    known.begins("ottawa", ASKED)
    known.sent("ottawa", 5.0, "complete")
    known.taken("ottawa")
    assert (store.strategies.order("ottawa") is not None) is is_left


def test_what_was_refused_may_be_asked_for_again(known):
    known.begins("ottawa", ASKED)
    known.sent("ottawa", 5.0, "complete")
    known.refused("ottawa")
    known.ended("ottawa")
    assert known.of("ottawa") == Redeployed(("zero",))


def test_what_nobody_knows_the_end_of_stays_until_another_word_stands_for_it(known):
    known.begins("ottawa", ASKED)
    known.sent("ottawa", 5.0, "complete")
    known.ended("ottawa")
    assert known.of("ottawa").asked == Asked("one", VALUES, 5.0, "complete")
    known.begins("ottawa", ASKED)
    assert known.of("ottawa").asked == Asked("one", VALUES, 5.0, "complete")
    known.begins("ottawa", Asked("two", VALUES))
    assert known.of("ottawa") == Redeployed(("zero",), Asked("two", VALUES, before="one"))
    known.ended("ottawa")
    assert known.of("ottawa") == Redeployed(("zero", "one"))


def test_a_command_that_only_looks_knows_them_and_writes_nothing(known, folder, url):
    known.begins("ottawa", ASKED)
    recalled = recall(folder, url).redeployments
    recalled.sees("gatineau", "one")
    recalled.taken("ottawa")
    recalled.ended("ottawa")
    assert (recalled.of("ottawa"), recalled.of("gatineau")) == (known.of("ottawa"), Redeployed())
    with pytest.raises(AssertionError, match="only looks was about to have ottawa deployed anew for one"):
        recalled.begins("ottawa", ASKED)
