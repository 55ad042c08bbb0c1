"""The Deployment Manager's own example files are sites: they load as they are, or show the fault that they have."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from reconciler.desired import load_site, render_yaml
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import SiteFiles

pytestmark = pytest.mark.conformance

FILE = "subclouds/ottawa/deployment-config.yaml"
CONTROLLERS_OF_AIO_DX = {"controller-0": 5, "controller-1": 4}
CONTROLLERS = {"controller-0": 3, "controller-1": 2}
COMPUTES = {"compute-0": 3, "compute-1": 3}
# host -> number of interfaces, by file: a count that a wrong merge of profiles would change
HOSTS = {
    "aio-dx": CONTROLLERS_OF_AIO_DX,
    "aio-dx-rook-ceph-deployment-open": CONTROLLERS_OF_AIO_DX | COMPUTES | {"compute-2": 3},
    "aio-dx-vxlan": {"controller-0": 6, "controller-1": 5},
    "aio-sx": {"controller-0": 4},
    "aio-sx-app-armor": {"controller-0": 4},
    "aio-sx-day2-bootstrap": {"controller-0": 4},
    "aio-sx-day2-principal": {"controller-0": 4},
    "aio-sx-hw-settle": {"controller-0": 4},
    "aio-sx-kernel": {"controller-0": 4},
    "aio-sx-rook-ceph-deployment-controller": {"controller-0": 4},
    "aio-sx-rook-ceph-deployment-open": {"controller-0": 4},
    "aio-sx-single-nic": {"controller-0": 6},
    "aio-sx-vxlan": {"controller-0": 5},
    "standard": CONTROLLERS | COMPUTES,
    "standard-app-armor": CONTROLLERS | COMPUTES,
    "standard-rook-ceph-deployment-dedicated": CONTROLLERS | COMPUTES,
    "storage": CONTROLLERS | COMPUTES | {"storage-0": 1, "storage-1": 1},
}
NETWORKS = ("group0-data0v4", "group0-data0v6", "group0-data1v4", "group0-data1v6")
# Names that a file uses and nothing in it defines, with the lines that use them.
DANGLING = {
    "aio-sx-ethernet-rate-limit": {
        "DataNetwork": {119: "group0-vxlan0", 120: "group0-vxlan0b", 129: "group0-vxlan1"},
        "PlatformNetwork": dict(zip((123, 124, 132, 133), NETWORKS, strict=True)),
    },
    "standard-bond": {
        "DataNetwork": {210: "group0-vxlan0", 211: "group0-vxlan0b", 222: "group0-vxlan1", 234: "group0-vxlan-ext0"},
        "PlatformNetwork": dict(zip((217, 218, 228, 229), NETWORKS, strict=True)),
    },
}
SPECS = {
    "DataNetwork": {"type": "vxlan"},
    "PlatformNetwork": {"type": "other", "dynamic": False, "associatedAddressPools": []},
}


def example(shared, name):
    """The file's text with a real MAC address in the place of each placeholder."""
    text = (shared / "examples/deployment-config" / f"{name}.yaml").read_text()
    macs: dict[str, str] = {}
    return re.sub(r"\b[A-Z]+[0-9]MAC\b", lambda m: macs.setdefault(m[0], f"08:00:27:00:00:{len(macs):02x}"), text)


def site(text: str, layer: str = ""):
    files = {FILE: text.encode()}
    if layer:
        files |= {
            "subclouds/ottawa/site.yaml": b"layers: [missing]\n",
            "profiles/missing/networks.yaml": layer.encode(),
        }
    return load_site(SiteFiles("ottawa", "c0ffee", "k", files))


def errors(text: str) -> list[str]:
    with pytest.raises(ConfigErrors) as refused:
        site(text)
    return [str(error) for error in refused.value]


def sections(profile: Mapping[str, object]) -> int:
    return sum(len(section) for section in profile.get("interfaces", {}).values())


def test_every_example_is_judged_here(shared):
    names = {path.stem for path in (shared / "examples/deployment-config").glob("*.yaml")}
    assert names == {*HOSTS, *DANGLING, "aio-sx-geo-location"}
    assert len(names) == 20


@pytest.mark.parametrize("name", HOSTS)
def test_an_example_loads_whole_and_what_it_renders_loads_again(shared, name):
    text = example(shared, name)
    found = site(text)
    written = [document for document in yaml.safe_load_all(text) if document]
    for kind in ("AddressPool", "DataNetwork", "PlatformNetwork"):
        specs = {d["metadata"]["name"]: d["spec"] for d in written if d["kind"] == kind}
        assert {n: node.plain() for n, node in found.of(kind).items()} == specs
    assert set(found.hosts) == {d["metadata"]["name"] for d in written if d["kind"] == "Host"}
    again = site(render_yaml(found))
    assert {n: node.plain() for n, node in again.hosts.items()} == {n: node.plain() for n, node in found.hosts.items()}


@pytest.mark.parametrize(("name", "hosts"), HOSTS.items())
def test_a_host_has_the_interfaces_of_its_bases_profile_and_overrides(shared, name, hosts):
    assert {host: sections(node.plain()) for host, node in site(example(shared, name)).hosts.items()} == hosts


@pytest.mark.parametrize("name", HOSTS)
def test_an_example_gives_no_notice_but_of_its_secret_and_its_scope(shared, name):
    begins = {notice.message.split(":")[0] for notice in site(example(shared, name)).warnings}
    assert begins <= {"Secret system-endpoint", "status.deploymentScope is not needed here"}
    assert "Secret system-endpoint" in begins


def test_overrides_lie_over_the_profile_and_the_profile_over_its_base(shared):
    host = site(example(shared, "standard")).hosts["controller-0"].plain()
    assert (host["provisioningMode"], host["location"], host["personality"]) == ("dynamic", "vbox", "controller")
    lo = next(interface for interface in host["interfaces"]["ethernet"] if interface["name"] == "lo")
    assert lo == {"class": "none", "name": "lo", "platformNetworks": [], "port": {"name": "lo"}}


def test_numbers_as_coordinates_are_refused_with_the_quoted_form(shared):
    assert errors(example(shared, "aio-sx-geo-location")) == [
        f'{FILE}:{line}: System vbox: {name} must be text, and YAML reads {value} as the number {value}: write "{value}"'
        for line, name, value in (
            ("166:13", "latitude", "45.35189954974955"),
            ("168:14", "longitude", "-75.91866628453701"),
        )
    ]


@pytest.mark.parametrize("name", DANGLING)
def test_names_that_nothing_defines_are_refused_where_they_are_used(shared, name):
    expected = {
        line: f'{FILE}:{line}:9: no {kind} document "{missing}": define it, or take the name out'
        for kind, lines in DANGLING[name].items()
        for line, missing in lines.items()
    }
    assert errors(example(shared, name)) == [message for _, message in sorted(expected.items())]


@pytest.mark.parametrize("name", DANGLING)
def test_such_an_example_loads_once_a_layer_defines_them(shared, name):
    missing = [
        {"apiVersion": "starlingx.windriver.com/v1", "kind": kind, "metadata": {"name": network}, "spec": SPECS[kind]}
        for kind, lines in DANGLING[name].items()
        for network in lines.values()
    ]
    assert site(example(shared, name), yaml.safe_dump_all(missing)).hosts


def test_a_placeholder_in_the_place_of_a_mac_address_is_refused(shared):
    text = (shared / "examples/deployment-config/aio-sx.yaml").read_text()
    assert [error.split(": ", 1)[1] for error in errors(text)] == [
        (
            'Host controller-0: match.bootMAC does not look like a MAC address (write "08:00:27:1c:2b:3d"; '
            'a placeholder has to be filled in), not text, "CONTROLLER0MAC"'
        )
    ]
