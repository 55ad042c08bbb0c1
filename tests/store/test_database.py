"""Databases as operators name them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from reconciler.model.errors import ConfigError
from reconciler.store.database import address, engine_of, unlink


@pytest.mark.parametrize("said", ["postgresql://stxr:s3cret@db:5432/stxr", "postgres://stxr:s3cret@db:5432/stxr"])
def test_postgresql_is_named_as_its_own_tools_name_it(said):
    assert (address(said).get_backend_name(), engine_of(said).driver) == ("postgresql", "psycopg")


@pytest.mark.parametrize(
    "said", ["stxr:s3cret@db/stxr", "postgresql://stxr:s3cret@db:port/stxr", "mysql://u:s3cret@db/d"]
)
def test_what_is_no_database_of_ours_is_refused_without_its_password(said):
    with pytest.raises(ConfigError, match=r"--database.*give postgresql://user:password@host:5432/name") as refused:
        address(said)
    assert "s3cret" not in str(refused.value)


@pytest.mark.xdist_group("postgresql")
def test_the_server_frees_what_a_process_has_locked_that_was_stopped(empty_database):
    engine = engine_of(empty_database)
    with engine.begin() as db:
        assert db.scalar(text("show idle_in_transaction_session_timeout")) == "15s"
    with engine.connect() as db:  # on a connection of the pool too, after what was set was taken back
        assert db.scalar(text("show idle_in_transaction_session_timeout")) == "15s"
    engine.dispose()


@pytest.mark.xdist_group("postgresql")
def test_a_connection_that_is_given_back_after_the_end_is_closed(empty_database):
    """A thread that was asked something when its process ended still has it: nobody else would close it."""
    engine = engine_of(empty_database)
    held = engine.connect()
    link = held.connection.dbapi_connection
    unlink(engine)
    assert not link.closed
    held.close()
    assert link.closed
