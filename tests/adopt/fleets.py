"""A generated fleet in layers, as a person writes one: three shapes, a few sites that are not like the others.

Profiles are those of the example, and one more that says the OAM network; sites give their names, places, addresses and
MACs as values. One site of twenty is an outlier: its own file says what is different.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import reconciler
from reconciler.desired import load_site, parse_blob, render_yaml
from reconciler.model.site import SiteFiles

PROFILES = Path(reconciler.__file__).parents[1] / "sites" / "profiles"
SHAPES = (("aio-sx-ran", 1), ("aio-dx-yard", 2), ("standard-plant", 4))  # layer, hosts
SHAPE_OF = (0, 0, 0, 1, 0, 2, 0, 0, 1, 0)  # of ten sites
EVERY = 20  # sites have one outlier
HEAD = "apiVersion: starlingx.windriver.com/v1\n"
OAM = f"""\
{HEAD}kind: AddressPool
metadata:
  name: oam-ipv4
spec:
  subnet: ${{oam_net}}.0
  prefix: 24
  gateway: ${{oam_net}}.1
  floatingAddress: ${{oam_net}}.2
  allocation:
    order: random
    ranges:
    - start: ${{oam_net}}.2
      end: ${{oam_net}}.50
---
{HEAD}kind: PlatformNetwork
metadata:
  name: oam
spec:
  type: oam
  dynamic: false
  associatedAddressPools:
  - oam-ipv4
"""


def _system(spec: str) -> str:
    return f"{HEAD}kind: System\nmetadata:\n  name: ${{site}}\nspec:\n{spec}"


def _host(overrides: str) -> str:
    return f"{HEAD}kind: Host\nmetadata:\n  name: controller-0\nspec:\n  overrides:\n{overrides}"


def _interface(value: str) -> str:
    return _host(f"    interfaces:\n      ethernet:\n      - port:\n          name: enp0s3\n{value}")


OUTLIERS = (
    _interface("        mtu: 9000\n"),
    _system("  ntpServers:\n  - ntp.example.com\n"),
    _host("    labels:\n      stxr.example.com/pilot: enabled\n"),
    _host(
        "    interfaces:\n      vlan:\n      - name: vlan100\n        class: platform\n        lower: oam0\n        vid: 100\n"
    ),
    _host("    interfaces:\n      ethernet:\n      - port:\n          name: ens1f0\n        $remove: true\n"),
    _system("  dnsServers:\n  - 10.9.9.9\n") + "---\n" + _host("    console: ttyS1,115200n8\n"),
    f"{HEAD}kind: DataNetwork\nmetadata:\n  name: pilot\nspec:\n  type: flat\n  mtu: 1500\n",
)


def layered(count: int) -> Mapping[str, SiteFiles]:
    """The files of each site: its own, and those of its layers."""
    return {name: _site(name, number) for number in range(count) for name in [f"sc-{number:04d}"]}


def lines(fleet: Mapping[str, SiteFiles]) -> int:
    """All lines of a fleet, those of a shared file once."""
    files = {path: content for site in fleet.values() for path, content in site.files.items()}
    return sum(content.count(b"\n") for content in files.values())


def whole(fleet: Mapping[str, SiteFiles]) -> dict[str, SiteFiles]:
    """Each site without layers: every value in its own folder, as adopting writes it."""
    return {name: _whole(name, files) for name, files in fleet.items()}


def _whole(name: str, files: SiteFiles) -> SiteFiles:
    folder = f"subclouds/{name}"
    text = render_yaml(load_site(files, parse_blob))
    return SiteFiles(
        name, "", "", {f"{folder}/site.yaml": _head(name), f"{folder}/deployment-config.yaml": text.encode()}
    )


def _head(name: str) -> bytes:
    return f"name: {name}\nmode: observe\n".encode()


def _site(name: str, number: int) -> SiteFiles:
    layer, hosts = SHAPES[SHAPE_OF[number % len(SHAPE_OF)]]
    macs = ["boot_mac"] if hosts == 1 else [f"boot_mac_{host}" for host in range(hosts)]
    values = [f"site: {name}", f"place: Town {number % 60}", f"oam_net: 10.{number // 250}.{number % 250}"]
    values += [f'{mac}: "52:54:00:{number // 256:02x}:{number % 256:02x}:{host:02x}"' for host, mac in enumerate(macs)]
    site = (
        _head(name).decode() + f"layers:\n- common\n- {layer}\n- oam\nvalues:\n" + "".join(f"  {v}\n" for v in values)
    )
    files = {f"subclouds/{name}/site.yaml": site.encode(), "profiles/oam/deployment-config.yaml": OAM.encode()}
    for shared in ("common", layer):
        path = f"{shared}/deployment-config.yaml"
        files[f"profiles/{path}"] = (PROFILES / path).read_bytes()
    turn, place = divmod(number, EVERY)
    if place == turn * 7 % EVERY:  # of every shape
        files[f"subclouds/{name}/deployment-config.yaml"] = OUTLIERS[turn % len(OUTLIERS)].encode()
    return SiteFiles(name, "", "", files)


def bootstrap(name: str, number: int) -> bytes:
    """What a site was bootstrapped with: for its simulated system, no part of the layered source."""
    net, hosts = f"10.{number // 250}.{number % 250}", SHAPES[SHAPE_OF[number % len(SHAPE_OF)]][1]
    values = [
        f"name: {name}",
        f"system_mode: {'simplex' if hosts == 1 else 'duplex'}",
        "management_subnet: 192.168.113.0/24",
        "management_start_address: 192.168.113.2",
        "management_end_address: 192.168.113.50",
        "management_gateway_address: 192.168.113.1",
        f"external_oam_subnet: {net}.0/24",
        f"external_oam_gateway_address: {net}.1",
        f"external_oam_floating_address: {net}.2",
        *(f"external_oam_node_{node}_address: {net}.{node + 3}" for node in range(2) if hosts > 1),
        "dns_servers:\n- 10.0.0.53",
    ]
    return "\n".join(values).encode() + b"\n"
