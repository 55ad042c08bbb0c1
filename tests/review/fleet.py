"""A fleet in the files of its authors: twelve radio sites of one server, four rail sites of two, and what all share."""

from __future__ import annotations

from collections.abc import Mapping

from tests.desired.writing import document

COMMON = "profiles/common/deployment-config.yaml"
RAN = "profiles/ran/deployment-config.yaml"
RAIL = "profiles/rail/deployment-config.yaml"
RAN_SITES = tuple(f"ran-{number:03}" for number in range(1, 13))
RAIL_SITES = tuple(f"rail-{number}" for number in range(1, 5))
Files = dict[str, str | bytes | None]


def fleet(extra: str = "", apply: str = "auto") -> str:
    """fleet.yaml, with what else it says."""
    return (
        "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\nmass: {few: 100}\n"
        f"defaults: {{mode: apply, apply: {apply}}}\n{extra}"
    )


def common(servers: str = "[10.0.0.53, 10.0.1.53]", ntp: str = "[0.pool.ntp.org, 1.pool.ntp.org]") -> str:
    """What every site has."""
    system = document("System", "system", f"  dnsServers: {servers}\n  ntpServers: {ntp}")
    return system + document("DataNetwork", "midhaul", "  type: vlan\n  mtu: 1500")


def servers(number: int, mtu: int = 1500, labels: str = "sriovdp: enabled") -> str:
    """The profile of so many servers that are controller and worker in one."""
    text = ""
    for n in range(number):
        text += document("HostProfile", f"server-{n}", PROFILE.format(mtu=mtu, labels=labels))
        text += document(
            "Host", f"controller-{n}", f"  profile: server-{n}\n  match: {{bootMAC: '52:54:00:00:00:0{n}'}}"
        )
    return text


def files() -> Files:
    """Every file of the fleet."""
    made: Files = {"fleet.yaml": fleet(), COMMON: common(), RAN: servers(1), RAIL: servers(2)}
    for name in RAN_SITES:
        made |= site(name, "ran", "simplex")
    for name in RAIL_SITES:
        made |= site(name, "rail", "duplex")
    return made


def site(name: str, layer: str, mode: str) -> Mapping[str, str | bytes | None]:
    """The files of one site."""
    folder = f"subclouds/{name}"
    return {
        f"{folder}/site.yaml": f"name: {name}\nlayers: [common, {layer}]\n",
        f"{folder}/bootstrap-values.yaml": f"name: {name}\nsystem_mode: {mode}\n",
    }


PROFILE = """\
  personality: controller
  subfunctions: [controller, worker]
  administrativeState: unlocked
  labels: {{{labels}}}
  interfaces:
    ethernet:
    - name: oam0
      class: platform
      port: {{name: enp0s3}}
      platformNetworks: [oam]
    - name: data0
      class: data
      mtu: {mtu}
      port: {{name: enp0s8}}
      dataNetworks: [midhaul]"""
