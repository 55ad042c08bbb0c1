"""The same recording in other words: every uuid, host name, MAC and address consistently renamed.

A simulator that had learned the recordings by heart would answer it worse.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from uuid import UUID

from .recordings import Recording

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIXED = {"ba5eba11-0000-1111-2222-000000000001", "00000000-0000-0000-0000-000000000000"}  # known to the platform
_WORDS = (
    (re.compile(r"\bcontroller-([01])\b"), r"brain-\1"),
    (re.compile(r"\bworker-(\d)\b"), r"muscle-\1"),
    (re.compile(r"\b10\.10\.(\d+)\.(\d+)"), r"10.66.\1.\2"),
    (re.compile(r"\b192\.168\.(\d+)\.(\d+)"), r"172.29.\1.\2"),
    (re.compile(r"\b52:54:00:"), "5e:fe:77:"),
    (re.compile(r"\bfd00:"), "fd9a:"),
)


def renamed(recording: Recording) -> Recording:
    """The recording with other uuids, host names, MACs and addresses, the same everywhere in it."""
    parts = (recording.initial, recording.calls, recording.final)
    initial, calls, final = (json.loads(renamed_text(json.dumps(part))) for part in parts)
    return Recording(f"{recording.name} renamed", initial, calls, final, recording.durations)


def renamed_text(text: str) -> str:
    """Any text with other uuids, names and addresses."""
    text = UUID_TEXT.sub(lambda found: _other(found.group()), text)
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    return text


def _other(uuid: str) -> str:
    """Another uuid with the same top bit, which means something in a config's uuid."""
    if uuid in _FIXED:
        return uuid
    number = UUID(bytes=blake2b((UUID(uuid).int & ~(1 << 127)).to_bytes(16, "big"), digest_size=16).digest()).int
    return str(UUID(int=(number & ~(1 << 127)) | (UUID(uuid).int & (1 << 127))))
