"""A store that is lost is made anew; one that this program cannot use is refused with what to do, and left as it is."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from reconciler.model.errors import ConfigError, Held
from reconciler.model.words import State
from reconciler.store import Store, recall, verdicts_of
from reconciler.store.database import engine_of, file_url
from reconciler.store.tables import METADATA
from tests.model.verdicts import difference, verdict


def database(folder, url):
    return create_engine(url or file_url(folder))


def execute(folder, url, statement):
    engine = database(folder, url)
    with engine.begin() as db:
        db.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_store_uses(store, folder, url):
    engine = database(folder, url)
    with engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []
    engine.dispose()


def test_opening_again_finds_what_was_there(open_store):
    with open_store() as store:
        store.save(verdict())
    with open_store() as again:
        assert again.verdicts() == [verdict()]


def test_a_store_of_a_newer_program_is_refused_and_its_folder_let_go(open_store, folder, url):
    open_store().close()
    execute(folder, url, "update alembic_version set version_num = '0999'")
    for _ in range(2):  # the second time would say Held, if the first had kept the lock
        with pytest.raises(
            ConfigError,
            match="has schema 0999, which this program does not know: run the newer program, or move the store away",
        ):
            open_store()


def test_who_only_looks_is_refused_a_newer_store_too(folder):
    Store.open(folder).close()
    execute(folder, "", "update alembic_version set version_num = '0999'")
    with pytest.raises(ConfigError, match=f"the store {folder}/store.db has schema 0999"):
        verdicts_of(folder)


def test_a_migration_that_is_killed_half_way_leaves_nothing_behind(open_store, monkeypatch):
    import alembic.op

    made = alembic.op.create_table

    def killed(name, *columns):
        if name == "drift":
            raise KeyboardInterrupt
        return made(name, *columns)

    with monkeypatch.context() as during:
        during.setattr(alembic.op, "create_table", killed)
        with pytest.raises(KeyboardInterrupt):
            open_store()
    assert open_store().verdicts() == []


def test_a_deleted_database_is_made_anew(folder):
    with Store.open(folder) as store:
        store.save(verdict())
    (folder / "store.db").unlink()
    with Store.open(folder) as again:
        assert again.verdicts() == []
        again.save(verdict())
        assert again.verdicts() == [verdict()]


@pytest.mark.parametrize("look", [verdicts_of, Store.open])
def test_a_file_that_is_no_database_is_refused_with_what_to_do(folder, look):
    folder.mkdir()
    (folder / "store.db").write_text("not a database, and longer than the header of one " * 10)
    with pytest.raises(ConfigError) as refused:
        look(folder)
    assert str(refused.value) == (
        f"the store {folder}/store.db cannot be used (file is not a database): "
        "mend it, or move the store away (everything is rebuilt from Git and the sites)"
    )


def test_no_password_is_shown_of_a_database_that_does_not_answer(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(ConfigError) as refused:
        Store.open(tmp_path, url=f"postgresql+psycopg://stxr:hunter2@/one?host={tmp_path}")
    said = str(refused.value)
    assert said.startswith("the database postgresql+psycopg://stxr:***@/one?host=")
    assert "hunter2" not in said


def test_a_folder_with_odd_characters_in_its_name_holds_a_store(tmp_path):
    odd = tmp_path / "a?b#c%d e"
    with Store.open(odd) as store:
        store.save(verdict())
    assert (odd / "store.db").is_file()
    assert verdicts_of(odd) == [verdict()]


def test_a_schema_from_a_folder_with_a_percent_sign_is_found(tmp_path, monkeypatch):
    from reconciler.store import schema

    odd = tmp_path / "100%"
    odd.symlink_to(schema.SCRIPTS)
    monkeypatch.setattr(schema, "SCRIPTS", odd)
    Store.open(tmp_path / "state").close()


def test_the_database_is_read_while_it_is_written(folder):
    Store.open(folder).close()
    engine = engine_of(file_url(folder))
    with engine.connect() as db:
        assert db.scalar(text("pragma journal_mode")) == "wal"
        assert db.scalar(text("pragma busy_timeout")) == 5_000
    engine.dispose()


def test_a_second_owner_is_refused_before_it_touches_the_database(folder):
    with Store.open(folder, "run"), pytest.raises(Held, match="in use by `stxr run`"):
        Store.open(folder, "apply")


def test_a_store_that_is_still_being_made_counts_as_none(folder):
    folder.mkdir()
    sqlite3.connect(folder / "store.db").close()
    (folder / "store.db").touch()
    assert verdicts_of(folder) == []
    assert recall(folder).base("ottawa") == ""


def test_who_only_looks_migrates_nothing(folder, monkeypatch):
    Store.open(folder).close()
    execute(folder, "", "insert into bases (site, commit_id, ended_at) values ('ottawa', 'c1', 1.0)")
    from reconciler.store import schema

    class Newer:
        @staticmethod
        def from_config(config):
            return Newer()

        def walk_revisions(self):
            return known.walk_revisions()

        def get_current_head(self):
            return "0999"

    known = schema.ScriptDirectory.from_config(schema._config())
    monkeypatch.setattr(schema, "ScriptDirectory", Newer)
    with pytest.raises(ConfigError, match=r"has schema \d{4}, older than this program's: the next `stxr run`"):
        recall(folder)


@pytest.mark.parametrize(
    "wrong", ["replace(content, 'drifted', 'adrift')", "replace(content, '1,\"site', '2,\"site')", "'{'"]
)
def test_a_verdict_in_words_of_another_program_is_as_if_never_judged(open_store, folder, url, wrong):
    """The program was set back, and the schema is the same: the site is judged anew, and keeps its dates."""
    seen = verdict("yard", differences=(difference(),))
    with open_store() as store:
        store.save(seen)
        store.save(verdict("plant", State.IN_SYNC))
    execute(folder, url, f"update verdicts set content = {wrong} where site = 'yard'")
    with open_store() as again:
        assert [v.site for v in again.verdicts()] == ["plant"]
        assert again.verdict("yard") is None
        assert again.save(replace(seen, judged_at=9_000.0)).differences[0].since == 1_000.0
