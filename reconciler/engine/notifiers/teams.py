"""Microsoft Teams: an Adaptive Card for a workflow's webhook ("When a Teams webhook request is received").

learn.microsoft.com, "Create incoming webhooks with Workflows" and "Limits for bots": a message has 28 KB at most.
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

LONGEST = 1_000  # of one notice's text: ten of them, with their facts, stay below 28 KB
COLOURS = {Severity.INFO: "accent", Severity.SERVICE: "warning", Severity.OUTAGE: "attention"}


class Teams(Notifier):
    type: Literal["teams"]
    url: Reference = Field(description="Address of the workflow, by reference.")

    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Post:  # noqa: ARG002
        body = [_text(headline(notices), size="large", weight="bolder")]
        for notice in notices[:MOST]:
            body += _card(notice)
        if len(notices) > MOST:
            body.append(_text(f"and {len(notices) - MOST} more: stxr status"))
        content = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
        }
        card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
        said = {"type": "message", "attachments": [card]}
        return Post(self.url.read(folder), orjson.dumps(said), {"Content-Type": "application/json"})


def _card(notice: Notice) -> list[dict[str, Any]]:
    colour = "good" if notice.is_over else COLOURS[notice.severity]
    rows = [{"title": name, "value": shortened(said, 200)} for name, said in facts(notice).items()]
    return [
        _text(shortened(notice.title, 200), weight="bolder", color=colour, separator=True),
        _text(shortened(notice.text, LONGEST)),
        {"type": "FactSet", "facts": rows},
    ]


def _text(said: str, **how: object) -> dict[str, Any]:
    return {"type": "TextBlock", "text": said, "wrap": True, **how}
