"""A system that is dumped to a file and taken up again is the same system."""

from __future__ import annotations

import json

import pytest

from reconciler.model.errors import ConfigError
from reconciler.simulator import inventory_file
from reconciler.simulator.bootstrapping import bootstrapped

from . import racks
from .conftest import Api, give_networks, unlock


@pytest.fixture
def dock() -> Api:
    """A standard system with its first controller in service and the others waiting."""
    api = Api(bootstrapped(racks.PLAIN))
    give_networks(api, "controller-0")
    unlock(api, "controller-0")
    return api


@pytest.fixture
def again(dock, tmp_path) -> Api:
    inventory_file.write(dock.system, tmp_path / "dock.json")
    return Api(inventory_file.read(tmp_path / "dock.json"))


def test_it_shows_the_same_everywhere(dock, again):
    assert inventory_file.dump(again.system) == inventory_file.dump(dock.system)


def test_it_goes_on_from_there(again):
    give_networks(again, "controller-1")
    unlock(again, "controller-1")


def test_it_is_named_as_in_the_file_unless_it_is_given_a_name(dock, tmp_path):
    path = tmp_path / "dock.json"
    inventory_file.write(dock.system, path)
    assert inventory_file.read(path).name == "dock"
    assert inventory_file.read(path, name="quay").name == "quay"


def test_a_list_that_comes_in_pages_is_one_in_the_file(dock):
    for number in range(2100):
        dock.system.insert("datanetworks", name=f"net-{number}", network_type="flat", mtu=1500)
    body = inventory_file.dump(dock.system)["/v1/datanetworks"]
    assert len(body["datanetworks"]) == 2100
    assert "next" not in body


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read as an inventory"),
        ("[]", "needs /v1/isystems and /v1/ihosts"),
        (json.dumps({"/v1/isystems": {"isystems": [{"name": "x"}]}}), "needs /v1/isystems and /v1/ihosts"),
    ],
)
def test_another_file_is_refused_by_its_name(tmp_path, text, said):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        inventory_file.read(path)
    assert "other.json" in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        inventory_file.read(tmp_path / "none.json")
