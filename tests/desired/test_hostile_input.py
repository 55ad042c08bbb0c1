"""Whatever the files hold: a Site comes out or ConfigErrors, never another exception."""

from __future__ import annotations

import contextlib
import copy

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired import explain, fleet_part, layers_of, load_site, render_yaml
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import SiteFiles
from tests.desired.test_declaration import FLEET
from tests.desired.writing import AIO_SX, document

WHOLE = AIO_SX + "".join(
    (
        document("AddressPool", "pool", "  subnet: 10.0.0.0\n  prefix: 24\n  allocation: {ranges: [{start: 10.0.0.1, end: 10.0.0.9}]}"),
        document("PlatformNetwork", "net", "  type: other\n  dynamic: false\n  associatedAddressPools: [pool]"),
        document("PtpInstance", "ptp", "  service: ptp4l\n  parameters: {global: [a=b]}"),
        document("PtpInterface", "ptpif", "  ptpinstance: ptp\n  parameters: [a=b]"),
        document("HostProfile", "worker", "  base: aio-sx\n  memory: [{node: 0, functions: [{function: vm, pageSize: 2MB, pageCount: 1}]}]\n"
                 "  routes: [{interface: oam0, subnet: 10.0.0.0, prefix: 24, gateway: 10.1.0.1}]\n"
                 "  interfaces: {vlan: [{name: v, class: platform, lower: oam0, vid: 5, platformNetworks: [net]}]}\n"
                 "  storage: {osds: [{path: /dev/a, function: osd}]}"),
        document("Host", "worker-0", "  profile: worker\n  match: {bootMAC: '08:00:27:1c:2b:3e'}\n  overrides: {location: x}"),
    )
)  # fmt: skip
SITE = "layers: [ran]\nvalues: {mtu: 1500, town: [Ottawa]}\ngroup: east\nlabels: {a: b}\nname: ottawa\n"
INSTALL = "software_version: '24.10'\nbmc_address: 10.0.0.1\ninstall_type: 3\nnested: {a_password: x}\n"

JUNK = st.recursive(
    st.sampled_from(
        [None, True, 0, -1, 24.1, 2**70, "", "a", "${mtu}", "${town}", "${gone}", "x${mtu}", "$${", "010", "yes"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "$remove", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)


CLEAN = {
    "subclouds/ottawa/deployment-config.yaml": WHOLE,
    "subclouds/ottawa/site.yaml": SITE,
    "subclouds/ottawa/install-values.yaml": INSTALL,
    "profiles/ran/x.yaml": document("DataNetwork", "physnet0", "  mtu: ${mtu}"),
    "fleet.yaml": FLEET,
}


def places(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in pairs:
        yield (*path, key)
        yield from places(member, (*path, key))


PARSED = {file: list(yaml.load_all(text, yaml.CSafeLoader)) for file, text in CLEAN.items()}
PLACES = [(file, path) for file, documents in PARSED.items() for path in places(documents)]


def spoiled(file, path, junk):
    """The text of a file with junk in one place."""
    documents = copy.deepcopy(PARSED[file])
    holder = documents
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = junk
    return yaml.dump_all(documents, Dumper=yaml.CSafeDumper)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=2, unique_by=lambda pair: pair[0][0]))
def test_spoiled_files_make_a_site_or_errors(spoils):
    texts = CLEAN | {file: spoiled(file, path, junk) for (file, path), junk in spoils}
    site_yaml, fleet = texts["subclouds/ottawa/site.yaml"].encode(), texts["fleet.yaml"].encode()
    assert all(isinstance(name, str) for name in layers_of(site_yaml))
    assert fleet_part(fleet, site_yaml)
    with contextlib.suppress(ConfigErrors):
        site = load_site(SiteFiles("ottawa", "c0ffee", "k", {file: text.encode() for file, text in texts.items()}))
        assert all(map(str, explain(site)))
        assert isinstance(render_yaml(site), str)


def test_the_files_that_are_spoiled_are_a_site_before():
    site = load_site(SiteFiles("ottawa", "c0ffee", "k", {file: text.encode() for file, text in CLEAN.items()}))
    assert sorted(site.hosts) == ["controller-0", "worker-0"]
