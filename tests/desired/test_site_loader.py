"""A site's files in, its Site out."""

from __future__ import annotations

from reconciler.desired.site_loader import load_site
from tests.desired.writing import AIO_SX, site_files


def test_an_existing_deployment_config_alone_is_a_site():
    site = load_site(site_files({"deployment-config.yaml": AIO_SX}))
    host = site.hosts["controller-0"]
    assert site.system_name.value == "ottawa"
    assert site.system.plain() == {"location": "Ottawa", "ntpServers": ["0.pool.ntp.org"]}
    assert host.text("name") == "controller-0"
    assert host.text("match", "bootMAC") == "08:00:27:1c:2b:3d"
    assert [node.text("name") for node in host.listed("interfaces", "ethernet")] == ["lo", "oam0", "data0"]
    assert site.of("DataNetwork")["physnet0"].plain() == {"type": "vlan", "mtu": 1500}
    assert site.warnings == ()


def test_encrypted_files_beside_documents_are_passed_over():
    sealed = "bmc: ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:a]\n  age: []\n"
    site = load_site(site_files({"deployment-config.yaml": AIO_SX, "secrets.enc.yaml": sealed}))
    assert (list(site.hosts), list(site.of("DataNetwork")), site.warnings) == (["controller-0"], ["physnet0"], ())


def test_every_value_knows_its_line_and_column():
    site = load_site(site_files({"deployment-config.yaml": AIO_SX}))
    mtu = site.of("DataNetwork")["physnet0"].get("mtu")
    assert mtu.origin.exact == "subclouds/ottawa/deployment-config.yaml:8:8"
    assert AIO_SX.splitlines()[7] == "  mtu: 1500"
