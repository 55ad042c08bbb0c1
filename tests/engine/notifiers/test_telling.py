"""The fleet looked at now and then: what is news goes out, from the leader alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reconciler.engine.notices import Fleet
from reconciler.engine.notifiers.dispatch import Dispatch, Out
from reconciler.engine.notifiers.slack import Slack
from reconciler.engine.notifiers.telling import Telling
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from tests.model.verdicts import difference, verdict

DNS = difference("nameservers", resource="dns", kind="dns")


class Enough(Exception):  # noqa: N818 - no error
    """The test has seen what it wants."""


class Clock:
    """Time that passes when all sleep; ends the test."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self):
        return self.at

    async def sleep(self, seconds):
        until = self.at + seconds
        while self.at < until:
            await asyncio.sleep(0.001)
            self.at = min(until, self.at + 1)
            if self.at > 120:
                raise Enough


def fleet(*differences):
    now = verdict("sc-1", judged_at=10.0 + len(differences), differences=differences)
    return Fleet({"sc-1": step(SiteDrift("sc-1"), now)[0]}, (now,), (), 0.0)


@pytest.mark.parametrize(("leads", "expected"), [(True, ["sc-1 drifted: dns nameservers", "over: …"]), (False, [])])
async def test_drift_and_its_end_are_told_by_the_leader(tmp_path, leads, expected):
    clock, sent, looks = Clock(), [], iter([fleet(), fleet(DNS), fleet(DNS), fleet(DNS), fleet(DNS)])
    (tmp_path / "url").write_text("http://hook")
    (tmp_path / "url").chmod(0o600)

    async def deliver(letter):
        sent.append(letter.body.decode())

    slack = Slack(type="slack", name="noc", every=1, url={"secretRef": "file:url"})
    out = Out(deliver, clock, Path(tmp_path), print, lambda *_: None)
    telling = Telling((Dispatch(slack, out),), lambda: next(looks, fleet()), lambda: leads, clock)
    with pytest.raises(ExceptionGroup):
        await telling.run()
    assert len(sent) == len(expected)
    assert all(title.removesuffix("…") in body for title, body in zip(expected, sent, strict=True))
