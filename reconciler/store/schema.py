"""Migrations: run when the owner opens a store; a schema that is newer than the program is refused."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DatabaseError

from reconciler.model.errors import ConfigError

SCRIPTS = Path(__file__).parent / "migrations"
TURN = 7_339_186  # of the advisory lock: any number that nobody else takes in this database
AWAY = "or move the store away (everything is rebuilt from Git and the sites)"


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema. Raises ConfigError for one that this program cannot use."""
    config = _config()
    try:
        with engine.begin() as connection:
            _in_turn(connection)
            _found(connection, config)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DatabaseError as error:
        raise _unusable(engine, error) from None


def _in_turn(connection: Connection) -> None:
    """Replicas start together: one of them makes the tables, the others wait for it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))


def is_made(engine: Engine) -> bool:
    """Whether the store is there and of this program's schema; False while its owner is still making it.

    For who only looks: nothing is migrated below its owner. Raises ConfigError for another schema.
    """
    config = _config()
    try:
        with engine.connect() as connection:
            found = _found(connection, config)
    except DatabaseError as error:
        raise _unusable(engine, error) from None
    if found not in {None, ScriptDirectory.from_config(config).get_current_head()}:
        raise ConfigError(
            f"the store {_shown(engine)} has schema {found}, older than this program's: "
            "the next `stxr run` or `stxr apply` of this program brings it up to date"
        )
    return found is not None


def _found(connection: Connection, config: Config) -> str | None:
    """The schema of the database; None for an empty one. Raises ConfigError for one that this program does not know."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError(
            f"the store {_shown(connection.engine)} has schema {found}, which this program does not know: "
            f"run the newer program, {AWAY}"
        )
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))  # configparser's own escape
    return config


def _unusable(engine: Engine, error: DatabaseError) -> ConfigError:
    said = str(error.orig).strip().splitlines()[0]
    if engine.dialect.name != "sqlite":
        what = "see that it runs and lets this user in, or name another (--database, STXR_DATABASE)"
        return ConfigError(f"the database {_shown(engine)} cannot be used ({said}): {what}")
    folder = Path(str(engine.url.database)).parent
    what = f"mend it, {AWAY}" if folder.is_dir() else f"there is no folder {folder}"
    return ConfigError(f"the store {_shown(engine)} cannot be used ({said}): {what}")


def _shown(engine: Engine) -> str:
    """Its path, or its URL without the password."""
    url = engine.url
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
