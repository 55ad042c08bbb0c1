"""What somebody answers, found in what is known of the sites, and kept: the same for a command and for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.engine.answers import Answers, Named, Rolling, answers, rollout_answers
from reconciler.engine.rollout_words import Action, hears, named
from reconciler.model.approval import Saying
from reconciler.model.rollout import Rollout
from reconciler.model.verdict import Verdict
from reconciler.store import Rollouts, Words


@dataclass(frozen=True, slots=True)
class Heard:
    """Where answers are kept."""

    words: Words
    rollouts: Rollouts

    def answer(self, said: Saying, subject: Named, verdicts: Iterable[Verdict]) -> Answers:
        """Find what is meant and keep the answer. Raises ConfigError for what is not there, or asks nobody."""
        found = self._found(said, subject, verdicts)
        for approval in found.approvals:
            self.words.answer(approval)
        if found.whole:
            self.rollouts.say(found.whole, Action.APPROVED, said.by, said.reason)
        return found

    def _found(self, said: Saying, subject: Named, verdicts: Iterable[Verdict]) -> Answers:
        if not subject.rollout:
            return answers(said, subject, verdicts)
        one = self.one(subject.rollout)
        hears(one)
        keys = {site: rendered.key for site, rendered in self.rollouts.renderings().items()}
        return rollout_answers(said, Rolling(one, verdicts, keys), subject.up_to)

    def one(self, rollout: str) -> Rollout:
        """The rollout of this id. Raises ConfigError, with those that there are."""
        return self.rollouts.one(rollout) or named(rollout, self.rollouts.all())
