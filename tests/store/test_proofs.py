"""Changes that failed on twins outlive the process, until they are proved. On both databases."""

from __future__ import annotations

import pytest

from reconciler.model.proof import Proof, ProofResult, Refusal

VLAN = Refusal("POST", "/v1/iinterfaces", 400, "VLAN id 30 already in use")
SITES = ("ottawa-001", "ottawa-002")


def proof(result, fingerprint="f1", sites=SITES, **said):
    return Proof(fingerprint, sites[0], sites, result, **said)


def test_a_refused_change_is_known_for_each_site_that_the_proof_stands_for(open_store):
    with open_store() as store:
        store.proofs.keep([proof(ProofResult.REFUSED, refusal=VLAN)], 1_000.0)
    with open_store() as again:
        said = "a twin of ottawa-001 refused POST /v1/iinterfaces: 400: VLAN id 30 already in use"
        assert [again.proofs.of(site, "f1") for site in SITES] == [said, said]
        assert (again.proofs.of("ottawa-003", "f1"), again.proofs.of("ottawa-001", "f2")) == ("", "")


def test_a_change_that_is_proved_later_is_not_held_against_its_sites(store):
    store.proofs.keep([proof(ProofResult.NOT_CONVERGED, reason="a second plan changes dns")], 1_000.0)
    assert store.proofs.of("ottawa-002", "f1") == "a twin of ottawa-001 left something to do: a second plan changes dns"
    store.proofs.keep([proof(ProofResult.PROVED, sites=("ottawa-002",))], 2_000.0)
    assert store.proofs.of("ottawa-002", "f1") == ""
    assert store.proofs.of("ottawa-001", "f1") != ""


@pytest.mark.parametrize("result", [ProofResult.PROVED, ProofResult.NOT_PROVED])
def test_of_what_did_not_fail_nothing_is_kept(store, result):
    store.proofs.keep([proof(result, reason="no inventory")], 1_000.0)
    assert store.proofs.of("ottawa-001", "f1") == ""


def test_what_was_not_proved_this_time_does_not_undo_what_failed(store):
    store.proofs.keep([proof(ProofResult.REFUSED, refusal=VLAN)], 1_000.0)
    store.proofs.keep([proof(ProofResult.NOT_PROVED, reason="no time left")], 2_000.0)
    assert store.proofs.of("ottawa-001", "f1") != ""
