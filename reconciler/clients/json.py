"""Bodies as bytes and back. A secret inside a body is shown here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import SecretStr


class Whole:
    """A text with secrets in it. No dataclass: of those the encoder would show the members by itself."""

    def __init__(self, text: str, secrets: tuple[SecretStr, ...]) -> None:
        self.text = text
        self.secrets = secrets


def encode(body: Any) -> tuple[bytes, tuple[SecretStr, ...]]:
    """The bytes of a body, and the secrets that are in them: a service may echo what it refuses."""
    secrets: list[SecretStr] = []

    def shown(value: Any) -> Any:
        if isinstance(value, SecretStr):
            secrets.append(value)
            return value.get_secret_value()
        if isinstance(value, Whole):
            secrets.extend(value.secrets)
            return value.text
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError

    return orjson.dumps(body, default=shown), tuple(secrets)


def decode(body: bytes) -> Any:
    """The value of a body. Raises ValueError."""
    return orjson.loads(body)


def without_links(value: Any) -> Any:
    """The value without the `links` of its rows: two URLs a row, a third of the bytes, used by nobody."""
    if isinstance(value, dict):
        return {k: _rows_without_links(v) for k, v in value.items() if k != "links"}
    return value


def _rows_without_links(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{k: v for k, v in row.items() if k != "links"} if isinstance(row, dict) else row for row in value]
    return value
