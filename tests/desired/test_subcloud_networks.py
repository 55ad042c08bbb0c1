"""Networks of a subcloud that cannot be are refused at their lines, all of them at once, before anything is sent."""

import pytest

from reconciler.desired import boards, load_site, meetings, ranges
from reconciler.model.errors import ConfigErrors
from tests.desired.writing import AIO_SX, site_files

BOOTSTRAP = {
    "name": "ottawa",
    "system_mode": "simplex",
    "management_subnet": "192.168.101.0/24",
    "management_start_address": "192.168.101.2",
    "management_end_address": "192.168.101.50",
    "management_gateway_address": "192.168.101.1",
    "systemcontroller_gateway_address": "192.168.204.101",
    "external_oam_subnet": "10.10.10.0/24",
    "external_oam_gateway_address": "10.10.10.1",
    "external_oam_floating_address": "10.10.10.12",
}
DUAL = {
    "management_subnet": '"192.168.101.0/24,fd01::/64"',
    "management_start_address": '"192.168.101.2,fd01::2"',
    "management_end_address": '"192.168.101.50,fd01::50"',
    "management_gateway_address": '"192.168.101.1,fd01::1"',
}
INSTALL = {"bootstrap_address": "10.10.10.12", "bmc_address": "10.10.10.112"}
FILE, INSTALLED_BY = "subclouds/ottawa/bootstrap-values.yaml", "subclouds/ottawa/install-values.yaml"


def written(values):
    return "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)


def loaded(bootstrap=(), install=(), name="ottawa"):
    files = {
        "deployment-config.yaml": AIO_SX,
        "bootstrap-values.yaml": written(BOOTSTRAP | {"name": name} | dict(bootstrap)),
        "install-values.yaml": written(INSTALL | dict(install)),
    }
    return load_site(site_files(files, None, name))


def refused(bootstrap=(), install=()):
    with pytest.raises(ConfigErrors) as caught:
        loaded(bootstrap, install)
    return [str(error) for error in caught.value]


def line(key):
    return 1 + list(BOOTSTRAP).index(key)


@pytest.mark.parametrize("values", [{}, DUAL, {"system_mode": "duplex"}, {"management_subnet": None}])
def test_what_can_be_is_read(values):
    assert loaded(values).bootstrap_values is not None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("management_gateway_address", "192.168.102.1", "192.168.102.1 is outside its subnet 192.168.101.0/24"),
        ("management_gateway_address", "fd01::1", "fd01::1 is IPv6, and its subnet 192.168.101.0/24 is not"),
        (
            "management_gateway_address",
            "192.168.101.9",
            "is one of those that are given out, 192.168.101.2 to 192.168.101.50",
        ),
        ("management_gateway_address", "192.168.101.255", "is the broadcast address of its subnet"),
        ("management_start_address", "192.168.101.0", "is the address of its subnet 192.168.101.0/24 itself"),
        (
            "management_end_address",
            "192.168.101.1",
            "192.168.101.1 comes before management_start_address 192.168.101.2",
        ),
        ("management_end_address", "not-there", "is no address"),
        ("management_subnet", "192.168.101.0/40", "is no subnet"),
        ("management_subnet", "192.168.101.0/31", "is too small: 4 addresses are the least"),
        ("management_subnet", '"192.168.101.0/24,192.168.102.0/24"', "two subnets are one of IPv4 and one of IPv6"),
        ("systemcontroller_gateway_address", "fd00::1", "is IPv6, and management_subnet is IPv4 first"),
        ("external_oam_floating_address", "10.10.11.12", "10.10.11.12 is outside its subnet 10.10.10.0/24"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(key, value, told):
    [first, *_] = [error for error in refused({key: value}) if f"{FILE}:{line(key)}:" in error]
    assert told in first


def test_ipv6_has_prefixes_of_64_bits_at_least():
    values = {"external_oam_subnet": "fd02::/48", "external_oam_gateway_address": "fd02::1"}
    told = refused(values | {"external_oam_floating_address": "fd02::2"}, {"bmc_address": "10.10.10.112"})
    assert any("/64 is the shortest prefix" in error for error in told)


def test_a_pair_of_controllers_needs_three_addresses():
    told = refused({"system_mode": "duplex", "management_end_address": "192.168.101.3"})
    assert any("192.168.101.2 to 192.168.101.3 are too few: 3 are the least" in error for error in told)


def test_a_dual_stack_has_two_of_everything():
    told = refused({**DUAL, "management_gateway_address": "192.168.101.1"})
    assert any(
        "must have as many addresses as there are subnets (192.168.101.0/24, fd01::/64)" in error for error in told
    )


def test_two_gateways_exclude_each_other():
    assert any("exclude each other" in error for error in refused({"admin_gateway_address": "192.168.101.1"}))


def test_every_mistake_is_told_at_once():
    told = refused({"management_gateway_address": "10.0.0.1", "external_oam_gateway_address": "10.0.0.1"})
    assert len(told) == 2


@pytest.mark.parametrize(
    ("install", "told"),
    [
        ({"bmc_address": "fd00::12"}, "bmc_address is IPv6, and bootstrap_address"),
        (
            {"bmc_address": "fd00::12", "bootstrap_address": "fd00::2"},
            "and external_oam_subnet (at subclouds/ottawa/bootstrap-v",
        ),
        ({"nexthop_gateway": "fd00::1"}, "nexthop_gateway is IPv6"),
        ({"network_address": "10.10.10.0"}, "network_address wants nexthop_gateway beside it"),
    ],
)
def test_boards_and_machines_are_of_one_family(install, told):
    errors = refused(install=install)
    assert any(error.startswith(INSTALLED_BY) and told in error for error in errors), errors


# ---- between subclouds


def test_ranges_that_meet_are_told_at_the_later_site_with_both_places():
    east, west = (
        loaded(name="east"),
        loaded({"management_start_address": "192.168.101.50", "management_end_address": "192.168.101.60"}, name="west"),
    )
    far = loaded({"management_start_address": "192.168.101.61", "management_end_address": "192.168.101.70"}, name="far")
    [meeting] = meetings([*ranges(west), *ranges(far), *ranges(east)])
    assert str(meeting.error) == (
        "subclouds/west/bootstrap-values.yaml:4:27: bootstrap-values.yaml: the management addresses 192.168.101.50 to "
        "192.168.101.60 meet those of east, 192.168.101.2 to 192.168.101.50 (at subclouds/east/bootstrap-values.yaml:4): "
        "give each subcloud its own"
    )


def test_a_range_inside_another_is_found_behind_a_third():
    wide = loaded({"management_end_address": "192.168.101.200"}, name="a-wide")
    inner = loaded(
        {"management_start_address": "192.168.101.10", "management_end_address": "192.168.101.12"}, name="b-inner"
    )
    later = loaded(
        {"management_start_address": "192.168.101.100", "management_end_address": "192.168.101.101"}, name="c-later"
    )
    assert len(list(meetings([*ranges(wide), *ranges(inner), *ranges(later)]))) == 2


def test_families_do_not_meet_and_a_floating_address_is_a_range_of_one():
    four = loaded(name="four")
    assert len(ranges(loaded(DUAL, name="both"))) == 2
    one = {
        "management_start_address": None,
        "management_end_address": None,
        "management_floating_address": "192.168.101.2",
    }
    assert len(list(meetings([*ranges(four), *ranges(loaded(one, name="one"))]))) == 1


def test_the_admin_network_counts_where_there_is_one():
    admin = {
        "management_gateway_address": None,
        "admin_subnet": "192.168.7.0/24",
        "admin_start_address": "192.168.7.2",
        "admin_end_address": "192.168.7.9",
        "admin_gateway_address": "192.168.7.1",
    }
    [only] = ranges(loaded(admin, name="with-admin"))
    assert (only.kind, str(only.first)) == ("admin", "192.168.7.2")


def test_one_board_named_by_two_sites_is_told_at_the_later_with_both_places():
    """Networks are seen by the centre and boards by who installs: an equal address in both is no meeting."""
    east, west = loaded(name="east"), loaded(install={"bmc_address": "10.10.10.112"}, name="west")
    other = loaded(
        {"management_start_address": "192.168.101.60", "management_end_address": "192.168.101.61"}, name="third"
    )
    [meeting] = meetings([*boards(west), *boards(east), *ranges(other)])
    assert str(meeting.error) == (
        "subclouds/west/install-values.yaml:2:14: install-values.yaml: bmc_address 10.10.10.112 is that of east (at "
        "subclouds/east/install-values.yaml:2): its machine would be installed anew"
    )


def test_the_way_to_the_centre_is_no_address_of_the_subcloud():
    [told] = refused({"systemcontroller_gateway_address": "192.168.101.60"})
    assert "lies in management_subnet 192.168.101.0/24: it is an address of the centre's own management network" in told


def test_addresses_of_nodes_are_told_to_count_for_nothing_on_a_simplex_system():
    nodes = {"external_oam_node_0_address": "10.10.10.13"}
    [notice] = [notice for notice in loaded(nodes).warnings if "node_0" in notice.message]
    assert "counts for nothing where system_mode is simplex" in notice.message
    assert [n for n in loaded({"system_mode": "duplex", **nodes}).warnings if "node_0" in n.message] == []
