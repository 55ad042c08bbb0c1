"""Deployed sites that are to be deployed anew: by which words of Git that was done, and what became of the last asking.

A redeployment wipes a site, and a row of dcmanager shows the same before it and after it. So each word counts once, ever,
and whether dcmanager took the call is written down around it.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.deployed import Deployed

TOKENS, UNDER_WAY, UNCLEAR = "redeployed-by", "redeploying-by", "unclear-redeployment"
"""How a row of dcmanager is told with it, beside what dcmanager says: kinds read nothing else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The plan of one word. deployed: what the site is deployed with by it.

    sent_at: when the call left, as Unix seconds, None before. status: what the row showed then. is_taken: dcmanager has
    begun it, and the word has had its effect. before: a word whose end nobody could tell, and that this one stands for:
    it counts no more once this plan has ended.
    """

    token: str
    deployed: Deployed
    sent_at: float | None = None
    status: str = ""
    is_taken: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class Redeployed:
    """tokens: words that count no more, the last one last; None until the site was seen deployed.

    asked: the plan that is being sent, or whose end nobody could tell.
    """

    tokens: tuple[str, ...] | None = None
    asked: Asked | None = None

    def counts(self, token: str | None) -> bool:
        """Whether a word of Git has the site deployed anew: it came after the site was seen deployed, for the first time."""
        return bool(token) and self.tokens is not None and token not in self.tokens
