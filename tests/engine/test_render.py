"""A site's documents as resources: each once, and what sites share held once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.desired import load_site
from reconciler.engine.render import Pool, snapshot
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors
from reconciler.model.origin import Origin
from reconciler.model.resource import Resource, ResourceKey
from tests.desired.writing import AIO_SX, site_files
from tests.worlds import KINDS as WORLD
from tests.worlds import Net

KINDS = registry()
NET = Resource(ResourceKey("net", "a"), Net(name="a"))


def rendered(text, name="ottawa"):
    return snapshot(load_site(site_files({"deployment-config.yaml": text}, name=name)), KINDS, "c1")


def test_every_kind_declares_what_it_finds():
    found = rendered(AIO_SX)
    assert (found.site, found.revision, found.taken_at) == ("ottawa", "c1", None)
    assert {"controller-0/ethernet/eth1000", "data-network/physnet0", "ntp", "system"} <= set(map(str, found.resources))


def test_a_resource_that_is_said_twice_is_refused_at_the_second_place():
    """Two documents whose values name one thing: only a kind can know."""
    resources = [replace(n, origin=Origin("a.yaml", line, 3)) for line, n in ((2, NET), (9, NET), (12, NET))]
    kinds = {"net": replace(WORLD["net"], declare=lambda _site: resources)}
    with pytest.raises(ConfigErrors) as refused:
        snapshot(load_site(site_files({"deployment-config.yaml": AIO_SX})), kinds)
    assert [str(error) for error in refused.value] == [
        "a.yaml:9:3: net/a is said twice; it is said first at a.yaml:2",
        "a.yaml:12:3: net/a is said twice; it is said first at a.yaml:2",
    ]


def test_equal_resources_of_two_sites_are_one_value():
    pool = Pool()
    one, two = (pool.shared(rendered(AIO_SX)) for _ in range(2))
    assert one == two
    assert all(two.resources[key] is resource for key, resource in one.resources.items())


def test_resources_that_were_written_elsewhere_stay_apart():
    """Their places are told in errors and plans."""
    pool = Pool()
    one, two = pool.shared(rendered(AIO_SX)), pool.shared(rendered(AIO_SX, "hull"))
    assert not any(two.resources[key] is resource for key, resource in one.resources.items())
