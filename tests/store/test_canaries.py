"""The search for canaries in a PostgreSQL database finds one, whatever table it is in and however it is written there."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from urllib.parse import quote

import pytest
from sqlalchemy import LargeBinary, bindparam, create_engine, text

from tests.canaries import Canary, found, in_database, logs_all

pytestmark = pytest.mark.xdist_group("postgresql")
CANARY = Canary("seeded")
VALUE = CANARY.value
WAYS = {
    "plain": VALUE.encode(),
    "half of it": CANARY.ends[1].encode(),
    "in JSON": json.dumps({"password": VALUE}).encode(),
    "in JSON within JSON": json.dumps(json.dumps({"password": VALUE})).encode(),
    "in a URL": quote(f"https://x/?token={VALUE}").encode(),
    "in base64": base64.b64encode(VALUE.encode()),
    "in a text in base64": base64.b64encode(b"a password: " + VALUE.encode()),
    "in base64 for URLs": base64.urlsafe_b64encode(b"??>>" + VALUE.encode()),
    "pickled, in base64": base64.b64encode(pickle.dumps({"body": [VALUE]})),
    "in hexadecimal": VALUE.encode().hex().upper().encode(),
    "in UTF-16": VALUE.encode("utf-16-be"),
    "packed": zlib.compress(VALUE.encode()),
}


def leaks(url):
    return found({"seeded": CANARY}, dict(in_database(url)))


def told(url, statement, **values):
    engine = create_engine(url)
    try:
        with engine.begin() as db:
            prepared = text(statement).bindparams(*(bindparam(name, type_=LargeBinary) for name in values))
            db.execute(prepared, values)
    finally:
        engine.dispose()


@pytest.fixture
def database(empty_database):
    told(empty_database, "create schema other")
    told(empty_database, "create table other.kept (n int, held bytea)")
    return empty_database


@pytest.mark.parametrize("way", WAYS)
def test_a_leak_in_a_table_of_any_schema_is_found(database, way):
    assert leaks(database) == []
    told(database, "insert into other.kept values (1, :held)", held=WAYS[way])
    assert any(each.startswith("other.kept 0: seeded") for each in leaks(database))


@pytest.mark.parametrize("kind", ["text", "varchar", "json", "jsonb", "text[]"])
def test_a_leak_in_a_column_of_any_type_is_found(database, kind):
    held = f'{{"a": "{CANARY.ends[0]}"}}' if kind != "text[]" else f"{{{CANARY.ends[0]}}}"
    told(database, f"create table public.typed (held {kind})")
    told(database, f"insert into public.typed values ('{held}')".replace(":", "\\:"))
    assert any(each.startswith("public.typed 0: seeded") for each in leaks(database))


@pytest.mark.parametrize("way", ["plain", "packed", "pickled, in base64"])
def test_a_leak_in_the_parameters_of_a_statement_is_found_in_the_servers_log(database, way):
    """Nothing of it is in a table: what was looked for, or was rolled back, is in the log as well."""
    logs_all(database)
    told(database, "select n from other.kept where held = :held", held=WAYS[way])
    assert [each for each in leaks(database) if each.startswith("log of the server")]
    assert not [each for each in leaks(database) if each.startswith("other.kept")]
