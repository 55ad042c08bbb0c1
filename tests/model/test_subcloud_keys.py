"""An edit of bootstrap values says what becomes of it: changed by dcmanager, said by documents, or read once."""

from pathlib import Path

import pytest

from reconciler.desired import SET_BY_DCMANAGER, Later, class_of, classes, edited
from reconciler.desired.value_files import BootstrapValues
from reconciler.desired.yaml_reader import read_yaml


def values(text):
    return read_yaml("subclouds/ottawa/bootstrap-values.yaml", text.encode())[0]


@pytest.mark.parametrize(
    ("key", "later"),
    [
        ("description", Later.PATCH),
        ("management_subnet", Later.PATCH),
        ("management_multicast_subnet", Later.ONCE),
        ("admin_gateway_address", Later.PATCH),
        ("external_oam_floating_address", Later.DOCUMENTS),
        ("dns_servers", Later.DOCUMENTS),
        ("docker_registries", Later.DOCUMENTS),
        ("apiserver_extra_volumes", Later.DOCUMENTS),
        ("kubernetes_version", Later.STRATEGY),
        ("cluster_pod_subnet", Later.ONCE),
        ("calico_mtu", Later.ONCE),
        ("system_mode", Later.ONCE),
        ("of-a-newer-release", Later.ONCE),
    ],
)
def test_each_key_has_its_class(key, later):
    assert class_of(key).later is later


def test_every_key_whose_type_is_known_is_classed_with_its_source():
    assert [key for key in BootstrapValues.model_fields if not class_of(key).source] == []
    assert all(each.source and (each.how or each.later is Later.ONCE) for each in classes())


def test_no_class_stands_wholly_behind_another():
    for place, each in enumerate(classes()):
        plain = [key for key in each.keys.split() if "*" not in key]
        assert all(class_of(key) is each for key in plain), (place, each.keys)


def test_what_dcmanager_sets_is_in_no_class():
    assert not {key for key in SET_BY_DCMANAGER if class_of(key).source}


def test_an_edit_is_told_by_key_with_its_place():
    before = values("name: ottawa\ndescription: old\ncluster_pod_subnet: 172.16.0.0/16\ntimezone: UTC\n")
    after = values("name: ottawa\ndescription: new\ncluster_pod_subnet: 172.20.0.0/16\ncalico_mtu: 1400\n")
    found = {each.key: (each.later, each.node and each.node.origin.line) for each in edited(before, after)}
    assert found == {
        "calico_mtu": (Later.ONCE, 4),
        "cluster_pod_subnet": (Later.ONCE, 3),
        "description": (Later.PATCH, 2),
        "timezone": (Later.DOCUMENTS, None),
    }
    assert list(edited(before, before)) == list(edited(None, None)) == []


def test_the_page_shows_every_class():
    page = (Path(__file__).parents[2] / "docs/reference/bootstrap-values.md").read_text()
    assert all(f"`{key}`" in page for each in classes() for key in each.keys.split())
