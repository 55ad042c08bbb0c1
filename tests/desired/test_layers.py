"""Layers, base profiles, overrides and value files of a site, one over the other."""

from __future__ import annotations

from functools import lru_cache

from reconciler.desired import load_site, parse_blob
from tests.desired.writing import AIO_SX, document, site_files

LAYERED = {"site.yaml": "layers: [common, ran]\n"}


def layers(**texts):
    return {f"profiles/{layer}/deployment-config.yaml": text for layer, text in texts.items()}


def test_later_layers_win_and_the_site_s_own_files_win_over_all():
    common = document("DataNetwork", "physnet0", "  type: vlan\n  mtu: 1500\n  description: common")
    ran = document("DataNetwork", "physnet0", "  type: vlan\n  mtu: 9000")
    own = document("DataNetwork", "physnet0", "  description: ottawa")
    site = load_site(site_files({**LAYERED, "deployment-config.yaml": own}, layers(common=common, ran=ran)))
    network = site.of("DataNetwork")["physnet0"]
    assert network.plain() == {"type": "vlan", "mtu": 9000, "description": "ottawa"}
    assert network.get("mtu").origin.file == "profiles/ran/deployment-config.yaml"


def test_a_system_is_one_whatever_its_name():
    common = document("System", "default", "  location: somewhere\n  contact: noc")
    own = document("System", "ottawa", "  location: Ottawa")
    site = load_site(site_files({**LAYERED, "deployment-config.yaml": own}, layers(common=common, ran=own)))
    assert site.system_name.value == "ottawa"
    assert site.system.plain() == {"location": "Ottawa", "contact": "noc"}


def test_hosts_and_profiles_of_layers_merge_before_bases_and_overrides():
    common = document("HostProfile", "base", "  kernel: standard\n  location: rack 1\n  console: tty0")
    common += document("HostProfile", "worker", "  base: base\n  labels: {a: x}")
    ran = document("HostProfile", "base", "  kernel: lowlatency") + document(
        "HostProfile", "worker", "  labels: {b: y}"
    )
    own = document("Host", "worker-0", "  profile: worker\n  overrides: {location: rack 2}")
    site = load_site(site_files({**LAYERED, "deployment-config.yaml": own}, layers(common=common, ran=ran)))
    assert site.hosts["worker-0"].plain() == {
        "name": "worker-0",
        "kernel": "lowlatency",
        "location": "rack 2",
        "console": "tty0",
        "labels": {"a": "x", "b": "y"},
    }


def test_an_absent_key_is_absent_neither_locked_nor_dynamic():
    site = load_site(
        site_files({"deployment-config.yaml": document("HostProfile", "p") + document("Host", "h", "  profile: p")})
    )
    assert site.hosts["h"].plain() == {"name": "h"}


def test_an_overlay_may_say_only_the_key_of_an_element_and_what_it_changes():
    own = document("Host", "controller-0", "  overrides: {interfaces: {ethernet: [{port: {name: enp0s3}, mtu: 9000}]}}")
    site = load_site(
        site_files({"site.yaml": "layers: [common]\n", "deployment-config.yaml": own}, layers(common=AIO_SX))
    )
    oam0 = list(site.hosts["controller-0"].listed("interfaces", "ethernet"))[1]
    assert (oam0.text("name"), oam0.get("mtu").value) == ("oam0", 9000)


def test_an_element_of_a_base_profile_is_removed_by_the_profile_above_it():
    text = document(
        "HostProfile", "base", "  storage: {filesystems: [{name: scratch, size: 20}, {name: docker, size: 30}]}"
    )
    text += document("HostProfile", "p", "  base: base\n  storage: {filesystems: [{name: scratch, $remove: true}]}")
    text += document("Host", "h", "  profile: p")
    site = load_site(site_files({"deployment-config.yaml": text}))
    assert site.hosts["h"].plain()["storage"] == {"filesystems": [{"name": "docker", "size": 30}]}


def test_an_element_of_a_lower_layer_is_removed_by_the_site():
    parameter = "{service: platform, section: maintenance, paramname: a"
    common = document("System", "s", f"  serviceParameters: [{parameter}, paramvalue: '1'}}]")
    own = document("System", "s", f"  serviceParameters: [{parameter}, $remove: true}}]")
    site = load_site(
        site_files({"site.yaml": "layers: [common]\n", "deployment-config.yaml": own}, layers(common=common))
    )
    assert site.system.plain() == {"serviceParameters": []}


def test_an_empty_list_clears_a_list_of_a_lower_layer():
    common, own = document("System", "s", "  ntpServers: [a]"), document("System", "s", "  ntpServers: []")
    site = load_site(
        site_files({"site.yaml": "layers: [common]\n", "deployment-config.yaml": own}, layers(common=common))
    )
    assert site.system.plain() == {"ntpServers": []}


def test_value_files_merge_key_by_key_and_an_empty_text_is_a_value():
    common = {
        "profiles/common/bootstrap-values.yaml": "timezone: UTC\ndns_servers: [10.0.0.1]\nextra: {a: 1, b: 2}\nproxy: x\n"
    }
    own = {
        "site.yaml": "layers: [common]\n",
        "bootstrap-values.yaml": "name: ottawa\ndns_servers: [10.0.0.2]\nextra: {b: 3}\nproxy: ''\n",
    }
    assert load_site(site_files(own, common)).bootstrap_values.plain() == {
        "timezone": "UTC",
        "dns_servers": ["10.0.0.2"],
        "extra": {"a": 1, "b": 3},
        "proxy": "",
        "name": "ottawa",
    }


def test_a_layer_may_be_spread_over_files_of_any_name():
    common = {"profiles/common/networks.yaml": document("DataNetwork", "a", "  type: flat"),
              "profiles/common/ptp.yaml": document("PtpInstance", "b", "  service: ptp4l")}  # fmt: skip
    site = load_site(site_files({"site.yaml": "layers: [common]\n"}, common))
    assert list(site.of("DataNetwork")) == ["a"]
    assert list(site.of("PtpInstance")) == ["b"]


def test_the_old_flat_form_of_ptp_parameters_is_the_section_global():
    flat = document("PtpInstance", "a", "  service: ptp4l\n  parameters: [domainNumber=24, unicast_master=a=b]")
    site = load_site(site_files({"deployment-config.yaml": flat}))
    assert site.of("PtpInstance")["a"].plain()["parameters"] == {"global": ["domainNumber=24", "unicast_master=a=b"]}


def test_what_is_parsed_is_shared_between_sites_and_never_changed():
    parse = lru_cache(parse_blob)
    common = layers(common=AIO_SX)
    own = {"site.yaml": "layers: [common]\nvalues: {a: 1}\n",
           "deployment-config.yaml": document("DataNetwork", "physnet0", "  mtu: 9000")}  # fmt: skip
    first = load_site(site_files(own, common), parse)
    second = load_site(site_files({"site.yaml": "layers: [common]\n"}, common, name="toronto"), parse)
    assert first.of("DataNetwork")["physnet0"].plain()["mtu"] == 9000
    assert second.of("DataNetwork")["physnet0"].plain()["mtu"] == 1500
    assert second.hosts["controller-0"].get("labels") is first.hosts["controller-0"].get("labels")
    assert parse.cache_info().hits == 1
