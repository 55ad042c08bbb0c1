"""Migrations: run when a store is opened; a schema that is newer than the program is refused."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from reconciler.model.errors import ConfigError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema. Raises ConfigError for one that this program does not know."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            raise ConfigError(
                f"the store {engine.url.render_as_string()} has schema {found}, which this program does not know: "
                "run the newer program, or move the store away (everything is rebuilt from Git and the sites)"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
