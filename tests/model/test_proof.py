"""A proof, what it sums up, and its way through JSON."""

from __future__ import annotations

import orjson
import pytest

from reconciler.model.proof import HostToll, Objection, Proof, ProofResult, Refusal
from reconciler.model.proof_wire import proof_json, proof_of

TOO_LARGE = Refusal("PATCH", "/v1/iinterfaces/5", 400, "Data port can not have MTU smaller", "controller-0")
FULL = Proof(
    "0123456789",
    "ottawa-001",
    ("ottawa-001", "ottawa-002"),
    ProofResult.REFUSED,
    "it was refused",
    61.5,
    "abc",
    (HostToll("controller-0", locks=1, reboots=1), HostToll("controller-1", locks=1, reboots=1, swacts=2)),
    7,
    1800.0,
    TOO_LARGE,
    ("ethernet data0 on controller-0",),
    ("certificate ssl",),
    (Objection("partition 1", "the disk is full", TOO_LARGE), Objection("host w", "its personality stays")),
)


def test_a_proof_sums_up_what_happened_to_its_hosts():
    assert (FULL.locks, FULL.reboots, FULL.swacts) == (2, 2, 2)


@pytest.mark.parametrize(
    ("result", "is_failed"),
    [
        (ProofResult.PROVED, False),
        (ProofResult.REFUSED, True),
        (ProofResult.NOT_CONVERGED, True),
        (ProofResult.NOT_PROVED, False),
    ],
)
def test_only_what_was_run_and_did_not_come_out_counts_as_failed(result, is_failed):
    assert Proof("f", "s", ("s",), result).is_failed is is_failed


@pytest.mark.parametrize("proof", [FULL, Proof("f", "s", ("s",), ProofResult.NOT_PROVED, "no inventory")])
def test_a_proof_comes_back_from_json_as_it_was(proof):
    assert proof_of(orjson.loads(orjson.dumps(proof_json(proof)))) == proof


def test_a_refusal_names_the_call_and_the_words_of_the_platform():
    assert str(TOO_LARGE) == "PATCH /v1/iinterfaces/5: 400: Data port can not have MTU smaller"
