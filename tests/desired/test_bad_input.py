"""Bad input: each gets a clear error at file:line, all of a site's errors come together, and no Site comes out."""

from __future__ import annotations

import pytest

from reconciler.desired import load_fleet, load_site, sites_in
from reconciler.desired.settings import Fleet, Group, SiteFile
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.subcloud_policy import SubcloudDefaults
from tests.desired.writing import AIO_SX, document, site_files

DEPLOYMENT = "subclouds/ottawa/deployment-config.yaml"
FLEET = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"


def known(model):
    """The members of one of our own documents, as an error lists them."""
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def errors(own, common=None, name="ottawa"):
    with pytest.raises(ConfigErrors) as refused:
        load_site(site_files(own, common, name))
    return [str(error) for error in refused.value]


def host(spec, name="controller-0"):
    return document("Host", name, spec)


def profile(spec, name="p"):
    return document("HostProfile", name, spec)


def of_profile(spec):
    """A site with one host that uses one profile; the profile's spec begins in line 7."""
    return {"deployment-config.yaml": profile(spec) + host("  profile: p")}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("  powerOn: maybe", '7:12: HostProfile p: powerOn must be true or false, not text, "maybe"'),
        ("  powerOn: 1", "7:12: HostProfile p: powerOn must be true or false, not the number 1"),
        ("  labels: [a]", "7:11: HostProfile p: labels must be a mapping, not a list"),
        ("  routes: {}", "7:11: HostProfile p: routes must be a list, not a mapping"),
        ("  storage: big", '7:12: HostProfile p: storage must be a mapping, not text, "big"'),
        ("  kernel: fast", '7:11: HostProfile p: kernel must be one of standard, lowlatency, not text, "fast"'),
        ("  labels: {a: yes}", '7:15: HostProfile p: labels.a must be text, and YAML reads yes as the boolean true: write "yes"'),
        ("  hwSettle: 5", '7:13: HostProfile p: hwSettle must be text, and YAML reads 5 as the number 5: write "5"'),
        ("  location: 1e3", '7:13: HostProfile p: location must be text, and some read 1e3 as the number 1000.0: write "1e3"'),
        ("  location: 2026-11-21",
         '7:13: HostProfile p: location must be text, and some read 2026-11-21 as the date 2026-11-21: write "2026-11-21"'),
        ("  bootDevice: sda", '7:15: HostProfile p: bootDevice must be the path of a device, /dev/…, not text, "sda"'),
        ("  bootMAC: CONTROLLER0MAC",
         ('7:12: HostProfile p: bootMAC does not look like a MAC address (write "08:00:27:1c:2b:3d"; a placeholder has to '
         'be filled in), not text, "CONTROLLER0MAC"')),
        ("  bootMAC: 11:22:33:44:55:06",
         ("7:12: HostProfile p: bootMAC must be text, and YAML reads 11:22:33:44:55:06 as the number 8846009706: "
         'write "11:22:33:44:55:06"')),
        ("  storage: {osds: [{path: /dev/a, function: osd, journal: {location: x, size: 010}}]}",
         ("7:79: HostProfile p: storage.osds[0].journal.size is 010, 8 in YAML 1.1 and the number 10 in YAML 1.2: "
         "write the number that you mean")),
        ("  storage: {monitor: {size: 41}}", "7:29: HostProfile p: storage.monitor.size must be at most 40, not the number 41"),
        ("  storage: {monitor: {size: 20.5}}", "7:29: HostProfile p: storage.monitor.size must be a whole number, not the number 20.5"),
        ("  storage: {monitor: {size: yes}}", "7:29: HostProfile p: storage.monitor.size must be a whole number, not the boolean true"),
        ("  storage: {volumeGroups: [{name: v, physicalVolumes: [{type: partition, path: /dev/a}]}]}",
         "7:56: HostProfile p: storage.volumeGroups[0].physicalVolumes[0] is a partition and needs a size, in GiB"),
        ("  storage: {osds: [{function: osd}]}", "7:20: Host controller-0: storage.osds[0].path is missing"),
        ("  addresses: [{interface: a, address: 10.0.0.256, prefix: 24}]",
         '7:39: HostProfile p: addresses[0].address must be an IPv4 or IPv6 address, not text, "10.0.0.256"'),
        ("  interfaces: {vlan: [{name: v, $remove: true, vid: 1}], $remove: true}",
         "7:67: HostProfile p: interfaces.$remove belongs in an element of a list whose elements have a key"),
        ("  ptpInstances: [a]", '7:18: no PtpInstance document "a": define it, or take the name out'),
        ("  base: q", '7:9: no HostProfile "q": define it, or name one that is'),
        ("  base: p", "7:9: the base profiles go in a circle: p → p; take one `base` out"),
    ],
)  # fmt: skip
def test_a_profile_is_checked_attribute_by_attribute(spec, expected):
    assert errors(of_profile(spec)) == [f"{DEPLOYMENT}:{expected}"]


def test_a_circle_of_profiles_is_named():
    found = errors({"deployment-config.yaml": profile("  base: b", "a") + profile("  base: c", "b") + profile("  base: a", "c")
                    + host("  profile: a")})  # fmt: skip
    assert found == [f"{DEPLOYMENT}:21:9: the base profiles go in a circle: a → b → c → a; take one `base` out"]


def test_a_missing_profile_is_refused_where_it_is_asked_for():
    found = errors({"deployment-config.yaml": profile("  kernel: standard", "aio-sx") + host("  profile: aio-xs")})
    assert found == [f'{DEPLOYMENT}:14:12: no HostProfile "aio-xs": did you mean "aio-sx"?']


def test_a_host_without_a_profile_is_refused():
    assert errors({"deployment-config.yaml": host("  match: {}")}) == [
        f"{DEPLOYMENT}:2:1: Host controller-0: profile is missing"
    ]


INTERFACES = """\
  interfaces:
    ethernet:
    - {name: mgmt0, class: platform, port: {name: eth0}, platformNetworks: [mgmt]}
    - {name: data0, class: data, port: {name: eth1}}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("    vlan: [{name: mgmt0, class: platform, lower: data0, vid: 5}]",
         ('11:19: host controller-0 has two interfaces named "mgmt0", first at subclouds/ottawa/deployment-config.yaml:9: '
         "rename this one, in vlan")),
        ("    vlan: [{name: v, class: platform, lower: dato0, vid: 5}]",
         '11:46: no interface "dato0" on host controller-0: define it, or take the name out'),
        ("    vf: [{name: v, class: pci-sriov, lower: sriov0, vfCount: 5}]",
         '11:45: no interface "sriov0" on host controller-0: define it, or take the name out'),
        ("    vlan: [{name: v, class: platform, lower: data0, vid: 5, platformNetworks: [cluster_host]}]",
         '11:80: no PlatformNetwork document "cluster_host": did you mean "cluster-host"?'),
        ("    vlan: [{name: v, class: data, lower: data0, vid: 5, dataNetworks: [physnet0]}]",
         '11:72: no DataNetwork document "physnet0": define it, or take the name out'),
        ("  addresses: [{interface: oam0, address: 10.0.0.1, prefix: 24}]",
         '11:27: no interface "oam0" on host controller-0: define it, or take the name out'),
        ("  routes: [{interface: oam0, subnet: 10.0.0.0, prefix: 24, gateway: 10.1.0.1}]",
         '11:24: no interface "oam0" on host controller-0: define it, or take the name out'),
        ("    vlan: [{name: v, class: data, lower: data0, vid: 5}, {name: v, class: data, lower: data0, vid: 6}]",
         "11:58: HostProfile p: interfaces.vlan has v twice, first at subclouds/ottawa/deployment-config.yaml:11: keep one of them"),
    ],
)  # fmt: skip
def test_names_on_a_host_are_once_and_lead_somewhere(more, expected):
    assert errors(of_profile(INTERFACES + more)) == [f"{DEPLOYMENT}:{expected}"]


def test_two_hosts_may_not_have_one_boot_mac():
    text = profile("  kernel: standard") + host('  profile: p\n  match: {bootMAC: "08:00:27:1c:2b:3d"}')
    text += host('  profile: p\n  overrides: {bootMAC: "08-00-27-1C-2B-3D"}', "worker-0")
    assert errors({"deployment-config.yaml": text}) == [
        (
            f"{DEPLOYMENT}:23:24: host worker-0: bootMAC 08-00-27-1C-2B-3D is that of controller-0, at {DEPLOYMENT}:15: "
            "correct one of them"
        )
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (document("System", "a") + document("System", "b"),
         f"10:9: System b: a site has one System, and {DEPLOYMENT}:2 has one: keep one of them"),
        (document("DataNetwork", "a", "  type: flat") * 2,
         f"12:9: DataNetwork a is given twice, first at {DEPLOYMENT}:5: keep one of them"),
        (document("DataNetwork", "010", "  type: flat"),
         '5:9: metadata.name must be text, and YAML reads 010 as the number 8: write "010"'),
        (document("DataNetwork", "[a]"), "5:9: metadata.name must be text, not a list"),
        (document("DataNetwork", "''"), "2:1: this DataNetwork has no metadata.name"),
        (document("DataNetwork", "a").replace("/v1", "/v2"),
         "2:1: DataNetwork of starlingx.windriver.com/v2 is not known: this program reads starlingx.windriver.com/v1"),
        ("a: 1\n", "1:1: a document needs apiVersion, kind and metadata.name"),
        ("- a\n", "1:1: a document needs apiVersion, kind and metadata.name"),
        (document("DataNetwork", "a", "  - b"), "6:1: DataNetwork a: spec must be a mapping, not a list"),
        (document("DataNetwork", "a", "  type: vlan\n  vxlan: {ttl: 1}"),
         "6:1: DataNetwork a is of type vlan and has vxlan attributes: take them out"),
        (document("DataNetwork", "a", "  mtu: 9000"), "6:1: DataNetwork a: type is missing"),
        (document("PtpInterface", "a", "  ptpinstance: b"),
         '7:16: no PtpInstance document "b": define it, or take the name out'),
        (document("PtpInstance", "a", "  service: ptp4l\n  parameters: [domainNumber]"),
         '8:16: PtpInstance a: parameters.global[0] must have the form key=value, not text, "domainNumber"'),
        (document("AddressPool", "a", "  subnet: 10.0.0.0\n  prefix: 64\n  allocation: {}"),
         "6:1: AddressPool a has an IPv4 subnet with prefix 64: 32 is the most"),
        (document("System", "a", "  storage: {backends: [{name: a, type: ceph}, {name: b, type: ceph-rook}]}"),
         "7:12: System a: storage has a ceph and a ceph-rook backend: keep one of them"),
        (document("System", "a", "  latitude: 45.35"),
         '7:13: System a: latitude must be text, and YAML reads 45.35 as the number 45.35: write "45.35"'),
    ],
)  # fmt: skip
def test_documents_are_told_apart_named_once_and_checked(text, expected):
    assert errors({"deployment-config.yaml": text}) == [f"{DEPLOYMENT}:{expected}"]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("install-values.yaml", "software_version: 24.10\n",
         '1:19: install-values.yaml: software_version must be text, and YAML reads 24.10 as the number 24.1: write "24.10"'),
        ("bootstrap-values.yaml", "name: ottawa\nrelease: 24.10\n",
         '2:10: bootstrap-values.yaml: release must be text, and YAML reads 24.10 as the number 24.1: write "24.10"'),
        ("bootstrap-values.yaml", "name: toronto\n",
         '1:7: name is "toronto" and the folder is "ottawa": they must be the same'),
        ("install-values.yaml", "a: 1\n---\nb: 1\n", "3:1: a second document: this file holds one mapping"),
        ("install-values.yaml", "[a]\n", "1:1: this file holds one mapping, not a list"),
        ("install-values.yaml", "install_type: 9\n",
         "1:15: install-values.yaml: install_type must be at most 5, not the number 9"),
        ("site.yaml", "name: toronto\n",
         '1:7: name is "toronto" and the folder is "ottawa": they must be the same'),
        ("site.yaml", "modus: plan\n",
         f"1:8: site: modus is not known; known are {known(SiteFile)}"),
        ("site.yaml", "subcloud: {delete: ottawa-2}\n",
         '1:20: subcloud.delete is "ottawa-2" and the site is "ottawa": only its own name deletes it'),
        ("site.yaml", "secrets: {tls: hunter2}\n", "1:16: site.yaml: secrets.tls must be a mapping, not what is there"),
        ("site.yaml", "subcloud: {sysadmin: hunter2}\n",
         "1:22: site: subcloud.sysadmin must be a mapping, not what is there"),
        ("site.yaml", "backup: {schedule: every 24h, sysadmin: hunter2}\n", "1:41: site: backup.sysadmin must be a mapping, not what is there"),
        ("site.yaml", "subcloud: {formerNames: hull}\n",
         '1:25: site: subcloud.formerNames must be a list, not text, "hull"'),
        ("site.yaml", "mode: on\n", "1:7: site: mode must be one of observe, plan, apply, not the boolean true"),
        ("site.yaml", "layers: aio-sx\n", '1:9: site: layers must be a list, not text, "aio-sx"'),
        ("site.yaml", "layers: [aio-sx]\n", '1:10: no layer "aio-sx": there is no file profiles/aio-sx/*.yaml'),
        ("site.yaml", "layers: [../x]\n", '1:10: "../x" names no layer: a layer is a folder directly in profiles/'),
        ("site.yaml", "group: east\n", '1:8: no group "east": fleet.yaml defines none'),
        ("site.yaml", "values: {a-b: 1}\n",
         '1:15: site: values.a-b must begin with a letter or _ and have letters, digits and _ only, not text, "a-b"'),
    ],
)  # fmt: skip
def test_a_site_s_own_files_are_checked(file, text, expected):
    assert errors({file: text}) == [f"subclouds/ottawa/{file}:{expected}"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("colour: red\n", f"4:9: fleet: colour is not known; known are {known(Fleet)}"),
        ("driftAlarms: {raise: perhaps}\n", '4:22: fleet: driftAlarms.raise must be true or false, not text, "perhaps"'),
        ("driftAlarms: {apartUpTo: 5}\n", "4:14: fleet: driftAlarms.raise is missing"),
        ("driftAlarms: {raise: true, apartUpTo: 0}\n", "4:39: fleet: driftAlarms.apartUpTo must be at least 1, not the number 0"),
        ("driftAlarms: {raise: true, alarm: 260.001}\n", "4:35: fleet: driftAlarms.alarm is not known; known are raise, apartUpTo"),
        ("groups: {east: {subcloud: {delete: ottawa}}}\n",
         f"4:36: fleet: groups.east.subcloud.delete is not known; known are {known(SubcloudDefaults)}"),
        ("groups: {east: {mode: plan, aply: auto}}\n",
         f"4:35: fleet: groups.east.aply is not known; known are {known(Group)}"),
        ("systemController: {authUrl: http://a/v3, credentials: {username: u, password: hunter2}}\n",
         "4:79: fleet: systemController.credentials.password must be a mapping, not what is there"),
        ("systemController: {authUrl: http://a/v3, credentials: {username: u, password: {secretRef: hunter2}}}\n",
         ("4:91: fleet: systemController.credentials.password.secretRef must be "
         "env:NAME, file:/path, sops:path#key or vault:mount/path#key, not what is there")),
    ],
)  # fmt: skip
def test_fleet_yaml_is_checked_and_shows_no_secret(more, expected):
    assert errors({"site.yaml": "mode: plan\n"}, {"fleet.yaml": FLEET + more}) == [f"fleet.yaml:{expected}"]
    with pytest.raises(ConfigErrors) as refused:
        load_fleet((FLEET + more).encode())
    assert str(refused.value) == f"fleet.yaml:{expected}"


def test_an_undefined_value_is_refused_where_it_is_used():
    own = {"site.yaml": "values: {oam_mtu: 9000}\n", "deployment-config.yaml": document("DataNetwork", "a", "  type: flat\n  mtu: ${oam_mtuu}")}  # fmt: skip
    assert f"{DEPLOYMENT}:8:8: ${{oam_mtuu}} is not defined: did you mean ${{oam_mtu}}?" in errors(own)


def test_a_value_of_the_wrong_type_is_refused_where_it_is_used_and_says_where_it_is_given():
    own = {
        "site.yaml": "values: {release: 24.10}\n",
        "bootstrap-values.yaml": "name: ottawa\nsoftware_version: ${release}\n",
    }
    assert errors(own) == [
        (
            "subclouds/ottawa/bootstrap-values.yaml:2:19: bootstrap-values.yaml: software_version must be text, and YAML reads "
            '24.10 as the number 24.1: write "24.10" (given at subclouds/ottawa/site.yaml:1)'
        )
    ]


def test_an_alias_bomb_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)
    ]
    assert errors({"deployment-config.yaml": "\n".join(lines)}) == [
        f"{DEPLOYMENT}:6:15: more than 200,000 values with aliases expanded: use fewer aliases"
    ]


def test_a_file_of_two_mebibytes_is_refused():
    text = "#" * (2 << 20)
    assert errors({"deployment-config.yaml": text}) == [
        f"{DEPLOYMENT}: the file is too long (2,097,152 bytes, the limit is 1,048,576): split it"
    ]


@pytest.mark.parametrize("name", ["0412", "Ottawa", "a_b"])
def test_a_folder_that_cannot_name_a_subcloud_is_refused(name):
    assert errors({"deployment-config.yaml": AIO_SX}, name=name) == [
        f'subclouds/{name}/: "{name}" cannot name a subcloud: use lower-case letters, digits, - and ., not digits alone'
    ]


def test_a_site_without_a_folder_is_refused():
    assert errors({}) == ["subclouds/ottawa/: there is no such folder: name a site of this repository"]


@pytest.mark.parametrize("paths", [[], ["fleet.yaml", "profiles/a/x.yaml"], ["subclouds/README.md"]])
def test_an_empty_root_is_refused(paths):
    with pytest.raises(ConfigError) as refused:
        sites_in(paths)
    assert str(refused.value) == (
        "subclouds/: no site: there is no folder subclouds/<name>; check the path of the root, or revert the commit"
    )


def test_what_belongs_elsewhere_is_refused_in_a_layer():
    common = {"profiles/a/fleet.yaml": "name: metro\n"}
    assert errors({"site.yaml": "layers: [a]\n"}, common) == [
        "profiles/a/fleet.yaml: is not read in a layer: it belongs elsewhere"
    ]


def test_every_error_of_every_file_is_said_at_once_in_order():
    own = {"site.yaml": "modus: plan\n", "deployment-config.yaml": "a: 1\na: 2\n", "install-values.yaml": "[a]\n"}
    assert [error.split(": ")[0] for error in errors(own)] == [
        f"{DEPLOYMENT}:2:1",
        "subclouds/ottawa/install-values.yaml:1:1",
        "subclouds/ottawa/site.yaml:1:8",
    ]
