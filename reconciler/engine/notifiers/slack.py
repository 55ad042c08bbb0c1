"""Slack, and what takes the same messages: Mattermost, Rocket.Chat. An incoming webhook's address is its secret.

docs.slack.dev, "Formatting message text": `&`, `<` and `>` are escaped, so that no site's text mentions anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field

from reconciler.engine.notifiers.notifier import MOST, Notifier, Reference, facts, headline, shortened
from reconciler.model.letter import Post
from reconciler.model.notice import Notice
from reconciler.model.words import Severity

LONGEST = 2_500  # of one attachment's text: Slack folds and cuts longer ones
COLOURS = {Severity.INFO: "#439fe0", Severity.SERVICE: "#daa038", Severity.OUTAGE: "#a30200"}
OVER = "#2eb886"


class Slack(Notifier):
    type: Literal["slack"]
    url: Reference = Field(description="Address of the incoming webhook, by reference.")
    channel: str = Field(default="", description="Another channel than the webhook's own, where it is allowed.")

    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Post:  # noqa: ARG002
        said: dict[str, Any] = {"text": _plain(headline(notices))}
        said["attachments"] = [_attachment(notice) for notice in notices[:MOST]]
        if len(notices) > MOST:
            said["attachments"].append({"text": f"and {len(notices) - MOST} more: `stxr status`"})
        if self.channel:
            said["channel"] = self.channel
        return Post(self.url.read(folder), orjson.dumps(said), {"Content-Type": "application/json"})


def _attachment(notice: Notice) -> dict[str, Any]:
    return {
        "color": OVER if notice.is_over else COLOURS[notice.severity],
        "title": _plain(notice.title),
        "fallback": _plain(notice.title),
        "text": _plain(shortened(notice.text, LONGEST)),
        "fields": [
            {"title": name, "value": _plain(shortened(said, 300)), "short": len(said) < 40}
            for name, said in facts(notice).items()
        ],
    }


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
