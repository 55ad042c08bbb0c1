"""Any program: CloudEvents 1.0 in a batch, signed as Standard Webhooks are.

github.com/cloudevents/spec, cloudevents/formats/json-format.md (JSON batch) and bindings/http-protocol-binding.md;
github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md: HMAC-SHA256 of `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field

from reconciler.engine.notifiers.notifier import Notifier, Reference, stamp
from reconciler.model.letter import Post
from reconciler.model.notice import Notice


class Webhook(Notifier):
    type: Literal["webhook"]
    url: Reference = Field(description="Address, by reference: it may hold a token.")
    signing_key: Reference | None = Field(default=None, description="Key that messages are signed with.")
    source: str = Field(default="stx-reconciler", description="`source` of the events: which controller this is.")

    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Post:
        body = orjson.dumps([self._event(notice) for notice in notices])
        headers = {"Content-Type": "application/cloudevents-batch+json"}
        if self.signing_key:
            headers |= signature(self.signing_key.read(folder), body, now)
        return Post(self.url.read(folder), body, headers)

    def _event(self, notice: Notice) -> dict[str, Any]:
        said = {name: value for name, value in asdict(notice).items() if name not in ("topic", "key", "at")}
        return {
            "specversion": "1.0",
            "id": sha256(repr((notice.key, notice.state, notice.at)).encode()).hexdigest()[:32],
            "source": self.source,
            "type": f"io.stxr.{notice.topic}.{notice.state}",
            "subject": notice.key,
            "time": stamp(notice.at),
            "datacontenttype": "application/json",
            "data": said,
        }


def signature(key: str, body: bytes, now: float) -> dict[str, str]:
    """The headers by which a receiver knows who sent it, and when; sent again, it has the same id."""
    name, at = f"msg_{sha256(body).hexdigest()[:32]}", str(int(now))
    signed = hmac.digest(_key(key), b".".join((name.encode(), at.encode(), body)), "sha256")
    said = f"v1,{base64.b64encode(signed).decode()}"
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": said}


def _key(said: str) -> bytes:
    """`whsec_` and base64, as the standard has it; else the text itself."""
    return base64.b64decode(said.removeprefix("whsec_")) if said.startswith("whsec_") else said.encode()
