"""The table of the places where a secret may stand is whole: no schema, and no variable, has one without a row."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from reconciler.clients.secrets.vault_settings import SECRETS
from tests.secret_places import (
    ENVIRONMENT,
    FREE,
    NO_SECRET,
    PLACES,
    canaries_of,
    files,
    places_of_schemas,
    references,
    variables,
)

ROOT = Path(__file__).parents[1]
TESTS = sorted({place.tried_in for place in PLACES})


def test_every_place_of_a_schema_has_a_row_and_every_row_a_place():
    rows = {(place.file, place.path) for place in PLACES if place.file != ENVIRONMENT and place.path not in FREE}
    assert places_of_schemas() == rows


def test_every_variable_of_the_program_is_a_row_or_no_secret():
    rows = {place.path for place in PLACES if place.file == ENVIRONMENT and not place.path.startswith("VAULT_")}
    assert variables() == rows | NO_SECRET


def test_every_way_into_vault_is_a_row():
    """Whether it stands in the variable itself, or in a file that the variable names."""
    rows = {place.path.removesuffix("_FILE") for place in PLACES if place.path.startswith("VAULT_")}
    assert rows == {f"VAULT_{name}" for name in SECRETS}


def test_a_new_place_is_found_wherever_it_is_added():
    """Below a name, in a list, behind a reference of the schema's own, in one of several forms."""
    reference = {"properties": {"secretRef": {"type": "string"}}}
    schema = {
        "$defs": {"Own": {"properties": {"again": {"$ref": "#/$defs/Own"}, "password": reference}}},
        "properties": {
            "one": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Own"}]},
            "if": {"if": {"type": "object"}, "then": {"$ref": "#/$defs/Own"}},
            "many": {"items": {"patternProperties": {"^[a-z]+$": reference}}},
        },
    }
    assert {".".join(path) for path in references(schema)} == {
        "one.password.secretRef",
        "if.password.secretRef",
        "many.*.secretRef",
    }


def test_who_signs_tokens_of_people_gives_us_no_secret():
    """Only keys that anybody may know: with a shared one whoever checks a token could sign others."""
    assert list(references(files()["oidc"])) == []


@pytest.mark.parametrize("test", TESTS)
def test_the_test_that_a_row_names_is_there(test):
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert canaries_of(test)


def test_the_page_of_secrets_names_each_place():
    """In docs/secrets.md: what holds the reference, or the variable."""
    page = (ROOT / "docs/secrets.md").read_text()
    told = {place.path if place.file == ENVIRONMENT else place.steps[-1] for place in PLACES if place.path not in FREE}
    assert {name for name in told - {"*"} if name not in page} == {"STXR_GIT_PASSWORD"}  # git's own environment
