"""The schemas that editors and checks use: complete, offline, and of one mind with the program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sites").rglob("*.yaml"))
SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))
HEAD = "apiVersion: starlingx.windriver.com/v1\nkind: {}\nmetadata: {{name: a}}\nspec: {}"


def schema_of(file):
    """The schema that a file of the repository names in its first line."""
    first = file.read_text().partition("\n")[0]
    assert first.startswith("# yaml-language-server: $schema="), f"{file} does not name its schema"
    path = (file.parent / first.partition("=")[2]).resolve()
    return jsonschema_rs.validator_for(json.loads(path.read_text()), validate_formats=True)


def deployment_config():
    text = (ROOT / "schemas/deployment-config.schema.json").read_text()
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=True)


def refused(kind, spec):
    """Where a document is wrong, as dotted paths."""
    document = yaml.safe_load(HEAD.format(kind, spec))
    return {".".join(map(str, error.instance_path)) for error in deployment_config().iter_errors(document)}


def members(schema, where=""):
    """(path, schema) of every property that a schema defines, to any depth."""
    if isinstance(schema, list):
        for one in schema:
            yield from members(one, where)
    elif isinstance(schema, dict):
        properties = schema.get("properties", {}) if "if" not in schema else {}
        for name, part in properties.items():
            yield f"{where}.{name}", part
        for key, part in schema.items():
            if key != "if":
                yield from members(part, f"{where}.{key}")


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.relative_to(ROOT / "sites").as_posix())
def test_every_file_of_the_example_satisfies_the_schema_that_it_names(file):
    validator = schema_of(file)
    documents = [d for d in yaml.safe_load_all(file.read_text()) if d is not None]
    assert documents
    wrong = [f"{list(e.instance_path)}: {e.message}" for d in documents for e in validator.iter_errors(d)]
    assert wrong == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda p: p.name.removesuffix(".schema.json"))
def test_every_member_of_a_schema_says_what_it_means(path):
    silent = [where for where, part in members(json.loads(path.read_text())) if not part.get("description")]
    assert silent == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda p: p.name.removesuffix(".schema.json"))
def test_every_schema_is_one_and_needs_no_other_file(path):
    schema = json.loads(path.read_text())
    jsonschema_rs.meta.validate(schema)
    text = path.read_text()
    assert text.count('"$ref"') == text.count('"$ref": "#/')


@pytest.mark.parametrize(
    ("kind", "spec", "where"),
    [
        ("DataNetwork", "{type: flat, mtu: big}", "spec.mtu"),
        ("DataNetwork", "{type: flag}", "spec.type"),
        ("AddressPool", "{subnet: 10.20.0, prefix: 24}", "spec.subnet"),
        ("AddressPool", "{prefix: 129}", "spec.prefix"),
        ("HostProfile", "{bootMAC: AB:CD}", "spec.bootMAC"),
        ("HostProfile", "{interfaces: {ethernet: [{name: a, mtu: 100}]}}", "spec.interfaces.ethernet.0.mtu"),
        ("Host", "{profile: p, overrides: {console: tty}}", "spec.overrides.console"),
        ("PtpInstance", "{service: ptp5l}", "spec.service"),
        ("System", "{dnsServers: [one.example]}", "spec.dnsServers"),
        ("System", "{storage: {filesystems: [{name: backup, size: 0}]}}", "spec.storage.filesystems.0.size"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(kind, spec, where):
    assert {path[: len(where)] for path in refused(kind, spec)} == {where}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("DataNetwork", "{type: flat, mtu: '${mtu}'}"),
        ("AddressPool", "{subnet: '10.${site}.0.0'}"),
        ("HostProfile", "{interfaces: {ethernet: [{name: a, mtu: null}]}, colour: red}"),
        ("Secret", "{anything: 1}"),
    ],
)
def test_names_of_values_absent_and_unknown_members_and_other_kinds_are_taken(kind, spec):
    assert refused(kind, spec) == set()


def test_our_own_files_refuse_keys_that_nobody_knows():
    schema = json.loads((ROOT / "schemas/site.schema.json").read_text())
    assert not jsonschema_rs.is_valid(schema, {"layer": ["common"]})
    assert jsonschema_rs.is_valid(schema, {"layers": ["common"]})


def test_the_page_on_editing_names_schemas_that_there_are_and_settings_that_an_editor_can_read():
    page = (ROOT / "docs/editing.md").read_text()
    named = set(re.findall(r"schemas/([a-z-]+\.schema\.json)", page))
    kinds_of_files = {path.name for path in SCHEMAS if not path.name.startswith("kinds-")}
    assert named == kinds_of_files
    [settings] = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert set(json.loads(settings)["yaml.schemas"]) == {f"schemas/{name}" for name in kinds_of_files}
