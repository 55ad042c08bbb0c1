"""Which changes are tried on which site, in which order, for whom they stand, and what is said of the rest."""

from __future__ import annotations

import pytest

from reconciler.engine.preview import exact
from reconciler.engine.proving import Budget, Inventory, Subject, lots_of, proved
from reconciler.engine.trial_worker import UntriedError
from reconciler.model.errors import ConfigError
from reconciler.model.proof import Proof, ProofResult
from tests.desired.writing import document
from tests.engine.twins import KINDS, OTTAWA, PLANT, WIDER, YARD, case, inventory

NOW = 1_000_000.0
HOUR = 3600.0
OTHER = "ottawa-002"
EXTRA = document("DataNetwork", "extra", "  type: vlan")
RAN_WIDER = WIDER.replace("yard-server", "ran-server")


def subject(name, own=EXTRA, age=HOUR, shown=None):
    one = case(name, own)
    shown = shown or one.inventory
    return Subject(exact(one.after, shown, KINDS, one.edit), one.after, one.edit, Inventory(lambda: shown, NOW - age))


class Tries:
    """Proves whatever it is asked; takes so long for each."""

    def __init__(self, each_s=0.0, fails=""):
        self.asked, self.limits, self.now, self._each, self._fails = [], [], 0.0, each_s, fails

    def __call__(self, case, limit_s):
        self.asked.append(case.site)
        self.limits.append(limit_s)
        self.now += self._each
        if self._fails:
            raise UntriedError(self._fails)
        return Proof("", case.site, (case.site,), ProofResult.PROVED, calls=1)

    def clock(self):
        return self.now


def proofs(subjects, tries=None, **limits):
    tries = tries or Tries()
    budget = Budget(**{"clock": tries.clock, **limits})
    return proved(lots_of(subjects, KINDS, budget, NOW), tries, budget, NOW)


def results(found):
    return [(proof.sites, proof.result) for proof in found]


def test_equal_sites_are_tried_once_for_all_of_them():
    tries = Tries()
    [proof] = proofs([subject(OTTAWA), subject(OTHER)], tries)
    assert (tries.asked, proof.sites) == ([OTTAWA], (OTTAWA, OTHER))
    assert (proof.site, proof.result, proof.inventory_age_s) == (OTTAWA, ProofResult.PROVED, HOUR)
    assert proof.fingerprint == subject(OTTAWA).preview.fingerprint


def test_an_outlier_is_tried_by_itself():
    fuller = {**inventory(OTHER), "/v1/datanetworks": {"datanetworks": []}}
    tries = Tries()
    found = proofs([subject(OTTAWA), subject(OTHER, shown=fuller)], tries)
    assert tries.asked == [OTTAWA, OTHER]
    assert results(found) == [((OTTAWA,), ProofResult.PROVED), ((OTHER,), ProofResult.PROVED)]


def test_what_locks_hosts_comes_before_what_does_not_and_wide_changes_before_narrow_ones():
    narrow, wide = subject(PLANT), [subject(OTTAWA), subject(OTHER)]
    locking = subject(YARD, WIDER)
    tries = Tries()
    proofs([narrow, *wide, locking], tries)
    assert tries.asked == [YARD, OTTAWA, PLANT]


def test_each_change_is_tried_once_before_any_is_tried_on_a_second_lot():
    """Both radio sites would weigh more than the plant."""
    fuller = {**inventory(OTHER), "/v1/imemorys": {"imemorys": []}}
    tries = Tries()
    proofs([subject(OTTAWA, RAN_WIDER), subject(OTHER, RAN_WIDER, shown=fuller), subject(PLANT)], tries)
    assert tries.asked in ([OTTAWA, PLANT, OTHER], [OTHER, PLANT, OTTAWA])


def test_what_comes_after_the_budget_is_said_and_not_tried():
    tries = Tries(each_s=70.0)
    found = proofs([subject(OTTAWA), subject(PLANT), subject(YARD)], tries, seconds=100.0)
    assert [proof.result for proof in found] == [ProofResult.PROVED, ProofResult.PROVED, ProofResult.NOT_PROVED]
    assert found[-1].reason == "the 100 s for proofs were spent before its turn"
    assert tries.limits == [100.0, 30.0]


def test_no_single_one_takes_it_all():
    tries = Tries()
    proofs([subject(OTTAWA)], tries, seconds=1000.0, each_s=50.0)
    assert tries.limits == [50.0]


def test_a_site_without_an_inventory_is_not_proved_and_says_why():
    one = subject(OTTAWA)
    [proof] = proofs([Subject(one.preview, one.after, one.edit, None)])
    assert (proof.result, proof.inventory_age_s) == (ProofResult.NOT_PROVED, None)
    assert proof.reason == "no inventory of it: write one with `stxr inventory`"


def test_a_stale_inventory_proves_nothing():
    [proof] = proofs([subject(OTTAWA, age=25 * HOUR)])
    assert (proof.result, proof.inventory_age_s) == (ProofResult.NOT_PROVED, 25 * HOUR)
    assert proof.reason == "its inventory is older than 24 h: write it anew"


def test_an_inventory_that_cannot_be_read_is_a_reason():
    def read():
        raise ConfigError("no inventory", "ottawa-001.json")

    one = subject(OTTAWA)
    [proof] = proofs([Subject(one.preview, one.after, one.edit, Inventory(read, NOW))])
    assert (proof.result, proof.reason) == (ProofResult.NOT_PROVED, "ottawa-001.json: no inventory")


def test_a_trial_that_came_to_no_end_is_a_reason():
    [proof] = proofs([subject(OTTAWA)], Tries(fails="it took longer than 9 s"))
    assert (proof.result, proof.reason) == (ProofResult.NOT_PROVED, "it took longer than 9 s")


@pytest.mark.parametrize("names", [[], [OTTAWA]])
def test_what_changes_nothing_needs_no_proof(names):
    assert proofs([subject(name, "") for name in names]) == ()
