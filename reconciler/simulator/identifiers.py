"""Uuids of one system: the same seed gives the same uuids, in order."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

REBOOT_BIT = 1 << 127
"""The top bit of a config uuid: set means that a lock and unlock is needed (constants.CONFIG_REBOOT_REQUIRED)."""


class Identifiers:
    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def uuid(self) -> str:
        """The next uuid."""
        self._count += 1
        digest = blake2b(self._count.to_bytes(8, "big"), key=self._seed[:64], digest_size=16).digest()
        return str(UUID(bytes=digest, version=4))

    def config(self, *, reboot: bool) -> str:
        """The next config uuid, its top bit set where a reboot is needed."""
        number = UUID(self.uuid()).int & ~REBOOT_BIT
        return str(UUID(int=number | REBOOT_BIT if reboot else number))


def needs_reboot(config: str | None) -> bool:
    return is_uuid(config) and bool(UUID(config).int & REBOOT_BIT)


def without_reboot(config: str) -> str:
    return str(UUID(int=UUID(config).int & ~REBOOT_BIT)) if is_uuid(config) else config


def is_uuid(value: object) -> bool:
    """Whether sysinv takes it for a uuid (``common/utils.py is_uuid_like``: canonical text only)."""
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False
