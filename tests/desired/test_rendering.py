"""Merged documents as text: loadable again, and with the place of every value."""

from __future__ import annotations

import jsonschema_rs  # schemathesis brings it
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import explain, load_site, render_values, render_yaml, schemas
from reconciler.desired.rendering import _dumped
from reconciler.desired.yaml_reader import read_yaml
from tests.desired.writing import AIO_SX, document, site_files


def test_every_value_is_explained_with_its_place_and_layer():
    own = {"site.yaml": "layers: [ran]\nvalues: {mtu: 9000}\n",
           "deployment-config.yaml": document("DataNetwork", "a", "  mtu: ${mtu}")}  # fmt: skip
    common = {
        "profiles/ran/networks.yaml": document("DataNetwork", "a", "  type: vlan")
        + document("System", "s", "  ntpServers: []")
    }
    assert list(explain(load_site(site_files(own, common)))) == [
        "System s: ntpServers = []  # profiles/ran/networks.yaml:14:15, layer ran",
        'DataNetwork a: type = "vlan"  # profiles/ran/networks.yaml:7:9, layer ran',
        "DataNetwork a: mtu = 9000  # subclouds/ottawa/deployment-config.yaml:7:8, value given at subclouds/ottawa/site.yaml:2:15",
    ]


def test_elements_are_explained_by_name():
    lines = list(explain(load_site(site_files({"deployment-config.yaml": AIO_SX}))))
    assert (
        'Host controller-0: interfaces.ethernet[oam0].port.name = "enp0s3"  # subclouds/ottawa/deployment-config.yaml:36:15'
        in lines
    )


def test_what_is_rendered_loads_to_the_same_site():
    site = load_site(site_files({"deployment-config.yaml": AIO_SX}))
    again = load_site(site_files({"deployment-config.yaml": render_yaml(site)}))
    assert render_yaml(again) == render_yaml(site)
    assert again.hosts["controller-0"].plain() == site.hosts["controller-0"].plain()
    assert again.system.plain() == site.system.plain()


def test_value_files_are_rendered_apart_and_their_secrets_hidden():
    site = load_site(site_files({"bootstrap-values.yaml": "name: ottawa\nadmin_password: hunter2\n"}))
    assert render_values(site) == {"bootstrap-values.yaml": "---\nname: ottawa\nadmin_password: (secret)\n"}


@given(st.text("0123456789:._-+eExoabAfFtrunyYsNo~=<", max_size=12))
def test_text_that_could_be_taken_for_something_else_is_rendered_in_quotes(text):
    (root,) = read_yaml("f.yaml", _dumped([{"a": text}]).encode())
    assert type(root.get("a")).__name__ == "Node"
    assert root.get("a").value == text


def test_each_file_has_a_schema():
    assert sorted(schemas()) == ["bootstrap-values", "deployment-config", "fleet", "install-values", "site"]
    assert schemas()["site"]["additionalProperties"] is False


@pytest.mark.parametrize("extra", ["", "\n  colour: red"])
def test_upstream_documents_satisfy_their_schema_unknown_keys_too(extra):
    texts = [*yaml.safe_load_all(AIO_SX), *yaml.safe_load_all(document("DataNetwork", "a", f"  type: flat{extra}"))]
    for value in filter(None, texts):
        assert jsonschema_rs.is_valid(schemas()["deployment-config"], value)


def test_a_wrong_type_fails_the_schema():
    (value,) = yaml.safe_load_all(document("DataNetwork", "a", "  type: flat\n  mtu: big"))
    assert not jsonschema_rs.is_valid(schemas()["deployment-config"], value)
