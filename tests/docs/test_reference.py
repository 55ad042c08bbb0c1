"""The pages that are made of the code are fresh, and what they say of a kind is what the kind does."""

from __future__ import annotations

import pytest
import typer

from reconciler.cli.attribute_pages import FILE, Standing, page, rows
from reconciler.cli.command_page import command_page
from reconciler.cli.kind_pages import pages
from reconciler.cli.kind_words import attribute_words
from reconciler.cli.kinds import write_pages
from reconciler.cli.main import app
from reconciler.cli.settings_page import LEFT_OUT, settings_page
from reconciler.desired import attributes, is_at
from reconciler.desired.documents import SPECS
from reconciler.desired.json_schemas import schemas
from reconciler.kinds import registry
from tests.docs.test_docs import ROOT
from tests.docs.tracing import everything, said_paths, traced

KINDS = sorted(registry().items())
# `base`, `profile` and `overrides` are gone when documents are merged, and a profile's name with them
MERGED = {row.path for row in rows() if row.standing is Standing.MERGED}


@pytest.fixture(scope="module")
def found():
    return traced(everything()) | traced(everything(backend=b"ceph"), "System.spec.storage.backends")


def test_the_pages_are_fresh(tmp_path):
    write_pages(tmp_path)
    made = {p.relative_to(tmp_path): p.read_text() for p in tmp_path.rglob("*.md")}
    docs = ROOT / "docs"
    kept = {p.relative_to(docs): p.read_text() for p in [docs / FILE, *docs.glob("reference/*.md")] if p.is_file()}
    assert kept == made, "run `stxr kinds --docs docs`"


def test_a_page_that_no_kind_has_is_removed(tmp_path):
    write_pages(tmp_path)
    stray = tmp_path / "reference" / "gone.md"
    stray.write_text("")
    write_pages(tmp_path)
    assert not stray.exists()


def test_the_pages_are_the_same_each_time():
    assert (pages(), page()) == (pages(), page())


def test_every_kind_has_a_page_and_a_line_in_the_index():
    assert set(pages()) == {"README.md", *(f"{name}.md" for name, _ in KINDS)}
    assert all(f"[{name}]({name}.md)" in pages()["README.md"] for name, _ in KINDS)


@pytest.mark.parametrize(("name", "kind"), KINDS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_kind_says_what_each_attribute_means_and_where_it_was_learned(name, kind):
    assert [a for a in kind.attributes if not attribute_words(kind, a)] == []
    assert kind.about.sources, f"{name} does not say where its facts were learned"
    unknown = {*kind.about.places, *kind.about.words} - set(kind.attributes)
    assert unknown == set()


@pytest.mark.parametrize(("name", "kind"), KINDS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_kind_names_places_that_documents_have(name, kind):
    paths = {a.path for a in attributes()}
    places = {place for a in kind.attributes for place in kind.places(a)}
    assert {p for p in places if not any(is_at(path, p) for path in paths)} == set(), name


def test_the_whole_document_says_every_attribute():
    said = said_paths(everything())
    assert {row.path for row in rows() if not row.path.startswith("Site.")} - said == MERGED


def test_what_is_called_managed_reaches_the_kind_that_is_named(found):
    claimed = {(row.path, kind, a) for row in rows() for kind, a in row.kinds if not row.path.startswith("Site.")}
    proved = {(f.path, f.kind, f.attribute) for f in found}
    assert claimed - proved == set()


def test_nothing_that_reaches_a_kind_is_called_otherwise(found):
    assert {f.path for f in found} - {row.path for row in rows() if row.kinds} == set()


def test_what_no_kind_takes_says_why():
    assert [row.path for row in rows() if not row.kinds and not row.why] == []


def test_every_attribute_of_the_peer_is_managed_or_says_why_not():
    upstream = [row for row in rows() if row.path.partition(".")[0] in SPECS]
    assert len(upstream) > 150
    assert [row.path for row in upstream if row.standing is Standing.NOT_YET] == []


def test_every_command_is_on_its_page_with_each_of_its_options():
    told = command_page(app)
    group = typer.main.get_command(app)
    assert [name for name in group.commands if f"## stxr {name}" not in told] == []
    plan = told.partition("## stxr plan\n")[2].partition("\n## ")[0]
    options = [option for param in group.commands["plan"].params for option in param.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}`" not in plan] == []
    assert "`text`" in plan
    assert "One of text, json, markdown." in plan


def test_every_key_of_fleet_yaml_and_site_yaml_is_on_its_page_once_with_what_it_means():
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith("| `")]
    fleet, _, site = settings_page().partition("## site.yaml")
    for file, told in (("fleet", fleet), ("site", site)):
        said = set(schemas()[file]["properties"]) - LEFT_OUT
        assert [key for key in said if f"| `{key}` |" not in told] == []
    assert "| `subcloud.sysadmin.secretRef` |" in site
    assert "| `central.peers.*.managerPassword.secretRef` |" in fleet
    assert "| `defaults.mode` |" not in fleet  # told of the site
    assert [row[0] for row in rows if not row[1].strip()] == []
