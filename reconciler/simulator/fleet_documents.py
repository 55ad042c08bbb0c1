"""The texts of a generated fleet: its profiles and what each kind of site says beside them."""

from __future__ import annotations

FLEET = """\
# A generated fleet: {count} sites, seed {seed}.
apiVersion: stxr.io/v1
kind: Fleet
name: generated

defaults:
  mode: apply
  apply: auto
  heal: nondisruptive

groups:
  ran:
    description: Radio sites, one server each
  yard:
    description: Signalling yards, two servers each
  plant:
    description: Factories, controllers and workers apart
"""

COMMON = """\
# What every site has, whatever its size.
apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: system
spec:
  contact: noc@example.com
  dnsServers:
  - 10.0.0.53
  - 10.0.1.53
  ntpServers:
  - 0.pool.ntp.org
  - 1.pool.ntp.org
"""

COMMON_INSTALL = """\
# As given to `dcmanager subcloud add`.
software_version: "24.09"
bootstrap_interface: enp0s3
bootstrap_address_prefix: 24
bmc_username: stxr
boot_device: {root}
rootfs_device: {root}
"""

_SERVER = """\
  administrativeState: unlocked
  bootDevice: {root}
  rootDevice: {root}
  console: ttyS0,115200
  installOutput: text
"""

_DATA_NETWORK = """\
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata:
  name: {name}
spec:
  type: vlan
  mtu: 1500
---
"""

_PROFILE = """\
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata:
  name: {name}
spec:
"""

_OAM = """\
    - name: oam0
      class: platform
      port:
        name: enp0s3
      platformNetworks:
      - oam
"""

_MGMT = """\
    - name: {name}
      class: platform
      port:
        name: {port}
      platformNetworks:
      - mgmt
      - cluster-host
"""

_DATA = """\
    - name: data0
      class: data
      mtu: 1500
      port:
        name: ens1f0
      dataNetworks:
      - {network}
"""

_RADIO = """\
    - name: fh0
      class: pci-sriov
      mtu: 1500
      vfCount: {vfs}
      vfDriver: vfio
      port:
        name: ens1f1
      dataNetworks:
      - fronthaul
"""

_RAN_REST = """\
  labels:
    sriovdp: enabled
    kube-cpu-mgr-policy: static
    kube-topology-mgr-policy: best-effort
  processors:
  - node: 0
    functions:
    - function: platform
      count: {cores}
  storage:
    volumeGroups:
    - name: nova-local
      physicalVolumes:
      - type: partition
        path: {root}
        size: 20
"""


def ran_profile(root: str, vfs: int, cores: int) -> str:
    """One all-in-one server; regions differ in virtual functions and platform cores."""
    return (
        _DATA_NETWORK.format(name="midhaul")
        + _DATA_NETWORK.format(name="fronthaul")
        + _PROFILE.format(name="ran-server")
        + "  personality: controller\n  subfunctions:\n  - controller\n  - worker\n  provisioningMode: dynamic\n"
        + _SERVER.format(root=root)
        + "  interfaces:\n    ethernet:\n"
        + _MGMT.format(name="lo", port="lo")
        + _OAM
        + _DATA.format(network="midhaul")
        + _RADIO.format(vfs=vfs)
        + _RAN_REST.format(root=root, cores=cores)
    )


def yard_profile(root: str) -> str:
    """Two all-in-one servers."""
    return (
        _DATA_NETWORK.format(name="trackside")
        + _PROFILE.format(name="yard-server")
        + "  personality: controller\n  subfunctions:\n  - controller\n  - worker\n  provisioningMode: static\n"
        + _SERVER.format(root=root)
        + "  labels:\n    rail.example.com/tier: signalling\n"
        + "  interfaces:\n    ethernet:\n"
        + _MGMT.format(name="mgmt0", port="enp0s8")
        + _OAM
        + _DATA.format(network="trackside")
    )


def plant_profile(root: str) -> str:
    """Controllers and workers apart, on one profile below both."""
    return (
        _DATA_NETWORK.format(name="cells")
        + _PROFILE.format(name="plant-host")
        + _SERVER.format(root=root)
        + "  provisioningMode: static\n  interfaces:\n    ethernet:\n"
        + _MGMT.format(name="mgmt0", port="enp0s8")
        + "---\n"
        + _PROFILE.format(name="plant-controller")
        + "  base: plant-host\n  personality: controller\n  interfaces:\n    ethernet:\n"
        + _OAM
        + "---\n"
        + _PROFILE.format(name="plant-worker")
        + "  base: plant-host\n  personality: worker\n  subfunctions:\n  - worker\n"
        + '  labels:\n    plant.example.com/cell: "yes"\n'
        + "  interfaces:\n    ethernet:\n"
        + _DATA.format(network="cells")
    )


SITE = """\
name: {name}
group: {group}
layers:
- common
- {layer}
"""

INSTALL = """\
install_type: {install_type}
bootstrap_address: {oam}.2
bmc_address: {bmc}
"""

BOOTSTRAP = """\
name: {name}
description: {what} {name}
location: {place}
system_mode: {mode}
management_subnet: {mgmt}.0/24
management_start_address: {mgmt}.2
management_end_address: {mgmt}.50
management_gateway_address: {mgmt}.1
external_oam_subnet: {oam}.0/24
external_oam_gateway_address: {oam}.1
external_oam_floating_address: {oam}.2
"""

BOOTSTRAP_NODES = """\
external_oam_node_0_address: {oam}.3
external_oam_node_1_address: {oam}.4
"""

BOOTSTRAP_END = """\
systemcontroller_gateway_address: 10.255.0.1
dns_servers:
- 10.0.0.53
"""

SYSTEM = """\
apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: system
spec:
  description: {what} {name}
  location: {place}
"""

HOST = """\
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata:
  name: {host}
spec:
  profile: {profile}
"""

FIRST_HOST = """\
  match:
    bootMAC: "{mac}"
  overrides:
    location: {place}
"""

OTHER_HOST = """\
  overrides:
    bootMAC: "{mac}"
    location: {place}
"""

OFF_LOOPBACK = """\
    provisioningMode: dynamic
    interfaces:
      ethernet:
      - name: lo
        class: none
        port:
          name: lo
        platformNetworks: []
"""
