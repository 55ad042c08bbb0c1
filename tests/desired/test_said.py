"""A site taken apart: every value at its place, the same for the same site whatever stands where."""

from __future__ import annotations

from reconciler.desired import load_site, said
from reconciler.model.said import Element, Said
from reconciler.model.site import SiteFiles
from tests.desired.writing import document
from tests.docs.tracing import everything

HOST = """\
  profile: server
  match:
    bootMAC: 08:00:27:1c:2b:3d
  overrides:
    labels: {}
    interfaces:
      ethernet:
      - {name: oam0, class: platform, port: {name: enp0s3}, mtu: 9000}
      - {name: data0, class: none, port: {name: ens1f0}, platformNetworks: []}"""
FILES = {
    "site.yaml": "system: {https: true}\nsecrets: {bmc: {secretRef: 'env:BMC'}}\n",
    "deployment-config.yaml": document("HostProfile", "server", "  personality: worker\n  console: null")
    + document("Host", "worker-0", HOST)
    + document("System", "system", "  dnsServers: [10.0.0.53, 10.0.1.53]"),
}


def told(files: dict[str, str]) -> list[Said]:
    content = {f"subclouds/ottawa/{name}": text.encode() for name, text in files.items()}
    return list(said(load_site(SiteFiles("ottawa", "", "", content))))


def test_every_value_is_told_at_its_place_and_nothing_that_is_null():
    oam, data = (Element.by({"port.name": port}) for port in ("enp0s3", "ens1f0"))
    ethernet = Said("Host", "worker-0").at("interfaces", "ethernet")
    found = told(FILES)
    assert found[:2] == [
        Said("System", "", (), "system"),
        Said("System", "", ("dnsServers",), ["10.0.0.53", "10.0.1.53"]),
    ]
    assert Said("Host", "worker-0") in found
    assert Said("Host", "worker-0", ("match", "bootMAC"), "08:00:27:1c:2b:3d") in found
    assert Said("Host", "worker-0", ("labels",), {}) in found
    assert ethernet.at(oam, "mtu").says(9000) in found
    assert ethernet.at(data, "platformNetworks").says([]) in found
    assert Said("site.yaml", "", ("system", "https"), value=True) in found
    assert Said("site.yaml", "", ("secrets", "bmc", "secretRef"), "env:BMC") in found
    assert all("console" not in one.path for one in found)


def test_the_order_of_elements_is_not_told():
    first, last = (
        HOST[HOST.index("      - {name: oam0") : HOST.index("      - {name: data0")],
        HOST[HOST.index("      - {name: data0") :],
    )
    other = HOST.replace(first, "").replace(last, f"{last}\n{first}".rstrip())
    config = FILES["deployment-config.yaml"].replace(HOST, other)
    assert config != FILES["deployment-config.yaml"]
    again = told({**FILES, "deployment-config.yaml": config})
    assert sorted(map(repr, again)) == sorted(map(repr, told(FILES)))


def test_no_place_is_told_twice():
    found = [(one.document, one.name, one.path) for one in said(everything())]
    assert len(found) > 150
    assert len(set(found)) == len(found)
