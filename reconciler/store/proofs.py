"""Changes that failed on twins, by site and fingerprint: what the gate asks. Of a change that was proved nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from reconciler.model.proof import Proof, ProofResult
from reconciler.store.database import writing
from reconciler.store.tables import DISPROVED


@dataclass(frozen=True, slots=True)
class ProofStore:
    """The table of one store. May be used from any thread."""

    engine: Engine

    def keep(self, proofs: Iterable[Proof], at: float) -> None:
        """Keep what these say of their sites in place of what was said before; what proves nothing says nothing.

        at: Unix seconds.
        """
        said = [proof for proof in proofs if proof.result is not ProofResult.NOT_PROVED]
        with writing(self.engine).begin() as db:
            for proof in said:
                of_change = DISPROVED.c.fingerprint == proof.fingerprint
                db.execute(delete(DISPROVED).where(of_change, DISPROVED.c.site.in_(proof.sites)))
            rows = [
                {"site": site, "fingerprint": proof.fingerprint, "reason": proof.in_words, "at": at}
                for proof in said
                if proof.is_failed
                for site in proof.sites
            ]
            if rows:
                db.execute(insert(DISPROVED), rows)

    def of(self, site: str, fingerprint: str) -> str:
        """Why the change failed; "" where no proof says so."""
        mine = (DISPROVED.c.site == site, DISPROVED.c.fingerprint == fingerprint)
        with self.engine.connect() as db:
            return str(db.scalar(select(DISPROVED.c.reason).where(*mine)) or "")
