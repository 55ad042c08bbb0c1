"""A proof as plain data for JSON, and back where it is kept or comes from another process. Keys are an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reconciler.model.proof import HostToll, Objection, Proof, ProofResult, Refusal


def proof_json(proof: Proof) -> dict[str, Any]:
    """Everything that a proof says."""
    return asdict(proof)


def proof_of(content: Mapping[str, Any]) -> Proof:
    """The inverse of `proof_json`. Raises ValueError for a result that this program does not know."""
    return Proof(
        fingerprint=content["fingerprint"],
        site=content["site"],
        sites=tuple(content["sites"]),
        result=ProofResult(content["result"]),
        reason=content["reason"],
        inventory_age_s=content["inventory_age_s"],
        plan_id=content["plan_id"],
        tolls=tuple(HostToll(**toll) for toll in content["tolls"]),
        calls=content["calls"],
        simulated_s=content["simulated_s"],
        refusal=_refusal(content["refusal"]),
        left=tuple(content["left"]),
        untried=tuple(content["untried"]),
        objections=tuple(_objection(one) for one in content["objections"]),
    )


def _objection(content: Mapping[str, Any]) -> Objection:
    return Objection(content["resource"], content["reason"], _refusal(content["refusal"]))


def _refusal(content: Mapping[str, Any] | None) -> Refusal | None:
    return Refusal(**content) if content else None
