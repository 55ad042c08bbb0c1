"""Tokens of the API: named, each with a role, kept as digests. Adding and revoking leave audit rows.

A token is 256 random bits, so that a plain digest of it is enough: there is nothing to guess, and nothing to slow down.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import Engine, delete, insert, select

from reconciler.model.approval import Word
from reconciler.model.errors import ConfigError
from reconciler.model.role import Bearer, Role
from reconciler.store.database import writing
from reconciler.store.tables import TOKENS
from reconciler.store.words import audit

BYTES = 32
PREFIX = "stxr_"  # by which scanners of repositories and logs know it
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,62}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The table of one store. No token itself is ever in it."""

    engine: Engine
    clock: Callable[[], float]

    def add(self, name: str, role: Role, by: str) -> str:
        """A new token, which is told this once. Raises ConfigError for a name that is taken, or is no name."""
        if not NAME.fullmatch(name):
            raise ConfigError(f"{name!r} is no name of a token: letters, digits and . _ @ -, at most 63 of them")
        token = PREFIX + token_urlsafe(BYTES)
        row = {"name": name, "role": role, "digest": _digest(token), "since": self.clock(), "by": by}
        with writing(self.engine).begin() as db:
            if held := db.scalar(select(TOKENS.c.role).where(TOKENS.c.name == name)):
                raise ConfigError(f"there is a token {name} already ({held}): revoke it first, or take another name")
            db.execute(insert(TOKENS).values(row))
            audit(db, Word(self.clock(), by, "token add", name, role))
        return token

    def revoke(self, name: str, by: str) -> bool:
        """Let nobody in by it any more, from the next request on. False where there is none of this name."""
        with writing(self.engine).begin() as db:
            gone = bool(db.execute(delete(TOKENS).where(TOKENS.c.name == name)).rowcount)
            if gone:
                audit(db, Word(self.clock(), by, "token revoke", name))
        return gone

    def bearers(self) -> tuple[Bearer, ...]:
        """Who holds one, by name."""
        with self.engine.connect() as db:
            rows = db.execute(select(TOKENS)).all()
        return tuple(sorted((Bearer(r.name, Role(r.role), r.since, r.by) for r in rows), key=lambda b: b.name))

    def bearer(self, token: str) -> Bearer | None:
        """Who holds this token. Every digest is compared, each in constant time: the answer's time tells nothing."""
        given = _digest(token)
        with self.engine.connect() as db:
            rows = db.execute(select(TOKENS)).all()
        found = [row for row in rows if hmac.compare_digest(row.digest, given)]
        return Bearer(found[0].name, Role(found[0].role), found[0].since, found[0].by) if found else None


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogateescape")).hexdigest()
