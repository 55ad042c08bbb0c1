"""Proofs as a person reads them: how each ended, for which sites, what it cost the twin, and who refused what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.maintenance import told
from reconciler.model.proof import Objection, Proof, ProofResult
from reconciler.review.words import plural

NAMED = 12  # sites named in one line before it says "and N more"
WORDS = {
    ProofResult.PROVED: "proved",
    ProofResult.REFUSED: "refused",
    ProofResult.NOT_CONVERGED: "does not converge",
    ProofResult.NOT_PROVED: "not proved",
}


def proof_lines(proofs: Iterable[Proof]) -> Iterator[str]:
    """Each proof, and one line of sum."""
    proofs = tuple(proofs)
    for proof in proofs:
        yield from _lines(proof)
        yield ""
    yield _sum(proofs)


def _lines(proof: Proof) -> Iterator[str]:
    yield f"{WORDS[proof.result]}: {plural(len(proof.sites), 'site')}: {_listed(proof.sites)}"
    yield f"  change {proof.fingerprint}{_tried_on(proof)}"
    if proof.result is not ProofResult.NOT_PROVED:
        yield f"  {_cost(proof)}"
    for toll in proof.tolls:
        counts = ((toll.locks, "lock"), (toll.reboots, "reboot"), (toll.swacts, "swact"))
        yield f"    {toll.host}: " + ", ".join(plural(number, word) for number, word in counts if number)
    if proof.refusal:
        yield f"  the platform: {proof.refusal}"
    yield from (line for one in proof.objections for line in _objection(one))
    if proof.reason and not proof.objections:
        yield f"  why: {proof.reason}"
    if proof.untried:
        yield f"  not tried, for its secrets are not read here: {_listed(proof.untried)}"


def _tried_on(proof: Proof) -> str:
    if proof.result is ProofResult.NOT_PROVED or proof.inventory_age_s is None:
        return ""
    return f", run on the twin of {proof.site} as it was {told(proof.inventory_age_s)} ago"


def _cost(proof: Proof) -> str:
    parts = (plural(proof.calls, "call"), plural(proof.locks, "lock"), plural(proof.reboots, "reboot"))
    return f"{', '.join(parts)}, in {told(proof.simulated_s)} of the twin's time"


def _objection(one: Objection) -> Iterator[str]:
    yield f"  the planner leaves out {one.resource}: {one.reason}"
    yield f"    the platform says so too: {one.refusal}" if one.refusal else "    the twin was not heard to refuse it"


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _sum(proofs: tuple[Proof, ...]) -> str:
    counted = Counter[ProofResult]()
    for proof in proofs:
        counted[proof.result] += len(proof.sites)
    parts = [f"{counted[result]} {WORDS[result]}" for result in ProofResult if counted[result]]
    return ", ".join([plural(sum(counted.values()), "site"), *parts])
