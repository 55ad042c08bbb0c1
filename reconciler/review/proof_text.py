"""What came of running the plans on twins: what would be refused first, then what is not proved, then what is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.proof import Proof, ProofResult
from reconciler.model.review import Review
from reconciler.review.foreign import code
from reconciler.review.names import more, names
from reconciler.review.words import does, listed, plural


def proof_sentence(review: Review) -> str:
    """For the headline; "" where nothing was run yet."""
    if review.proofs is None:
        return ""
    failed = [proof for proof in review.proofs if proof.is_failed]
    if failed:
        return f"The proof failed for {_sites(failed)}: what the twins answered stands below."
    left = len(review.unproved)
    if not left:
        return "It is proved: on twins of these sites every plan went through, and nothing was left to do."
    return f"It is not proved for {plural(left, 'site')} of {len(review.sites):,}."


def proof_lines(review: Review, most: int) -> Iterator[str]:
    """The section of the comment, as a list. most: items of each sort."""
    proofs = review.proofs or ()
    failed = [proof for proof in proofs if proof.is_failed]
    open_ = [proof for proof in proofs if proof.result is ProofResult.NOT_PROVED]
    proved = [proof for proof in proofs if proof.result is ProofResult.PROVED]
    yield from (f"- {_failure(proof)}" for proof in failed[:most])
    yield from more(len(failed) - most, "failed proof")
    yield from (f"- not proved for {_stands(proof)}: {code(proof.reason, 500)}" for proof in open_[:most])
    yield from more(len(open_) - most, "plan")
    if never := _never_run(review, proofs):
        yield f"- not run for {plural(len(never), 'site')} ({names(never, most)})"
    if proved:
        yield f"- {_proved(proved)}"
    yield from (f"- {text}" for proof in proved for text in _otherwise(review, proof))
    yield from (f"- {code(o.resource)} is not planned, and the twin agrees: {code(str(o.refusal), 500)}"
                for proof in proofs for o in proof.objections if o.refusal)  # fmt: skip


def _failure(proof: Proof) -> str:
    if proof.refusal:
        host = f" on {code(proof.refusal.host)}" if proof.refusal.host else ""
        return f"**refused**{host}, for {_stands(proof)}: {code(str(proof.refusal), 500)}"
    left = listed([code(resource) for resource in proof.left[:5]])
    return f"**not as Git says afterwards**, for {_stands(proof)}: {left or code(proof.reason, 500)} is left to do"


def _stands(proof: Proof) -> str:
    others = len(proof.sites) - 1
    return code(proof.site) + (f" and {plural(others, 'site')} like it" if others > 0 else "")


def _proved(proofs: Sequence[Proof]) -> str:
    locks, reboots, swacts = (sum(getattr(p, name) for p in proofs) for name in ("locks", "reboots", "swacts"))
    did = [plural(n, word) for n, word in ((locks, "lock"), (reboots, "reboot"), (swacts, "swact")) if n]
    untried = sum(len(proof.untried) for proof in proofs)
    left_out = f"; {does(untried, 'resource', 'was', 'were')} left out, for secrets are not read" if untried else ""
    twins = plural(len(proofs), "twin")
    return f"proved for {_sites(proofs)}, on {twins}: {listed(did) or 'nothing was locked'}{left_out}"


def _otherwise(review: Review, proof: Proof) -> Iterator[str]:
    """Where the twin felt something else than the plan says; where other values differ, it had more to do."""
    group = review.group_of(proof.site)
    if group is None or proof.site in group.differing:
        return
    said = group.cost
    for word, is_said, was in (("lock", said.locks, proof.locks), ("swact", said.swacts, proof.swacts)):
        if is_said != was:
            yield f"the plan says {plural(is_said, word)}, and the twin of {code(proof.site)} had {was:,}"


def _never_run(review: Review, proofs: Iterable[Proof]) -> tuple[str, ...]:
    known = {site for proof in proofs for site in proof.sites}
    return tuple(site for site in review.sites if site not in known)


def _sites(proofs: Iterable[Proof]) -> str:
    return plural(sum(len(proof.sites) for proof in proofs), "site")
