"""Everything that a controller loads at its start or later, loaded: what each is forked from imports this."""

from __future__ import annotations

from importlib import import_module

from reconciler.kinds import registry
from tests.faults import controller_process

LATER = (
    "anyio._backends._asyncio",
    "dbos._sys_db_sqlite",
    "psycopg",
    "pydantic.v1",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
MODULES = [controller_process, *map(import_module, LATER)]
KINDS = registry()
