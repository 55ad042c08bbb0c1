"""Site files for tests, written as their authors write them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.site import SiteFiles

SITE = "subclouds/ottawa/"

AIO_SX = """\
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata:
  name: physnet0
  namespace: deployment
spec:
  type: vlan
  mtu: 1500
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata:
  name: controller-0
spec:
  profile: aio-sx
  match:
    bootMAC: 08:00:27:1c:2b:3d
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata:
  name: aio-sx
spec:
  personality: controller
  interfaces:
    ethernet:
    - name: lo
      class: platform
      platformNetworks: [mgmt, cluster-host]
      port:
        name: lo
    - name: oam0
      class: platform
      platformNetworks: [oam]
      port:
        name: enp0s3
    - name: data0
      class: data
      dataNetworks: [physnet0]
      port:
        name: eth1000
  labels:
    sriov: enabled
---
apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: ottawa
spec:
  location: Ottawa
  ntpServers:
  - 0.pool.ntp.org
"""


def site_files(own: Mapping[str, str], common: Mapping[str, str] | None = None, name: str = "ottawa") -> SiteFiles:
    """The files of a site: its own by their name in its folder, the others by their path."""
    files = {f"subclouds/{name}/{path}": text.encode() for path, text in own.items()}
    files |= {path: text.encode() for path, text in (common or {}).items()}
    return SiteFiles(name=name, commit="c0ffee", key="k", files=files)


def document(kind: str, name: str, spec: str = "") -> str:
    """One upstream document; `spec` is YAML, indented by the caller's own two spaces."""
    head = f"---\napiVersion: starlingx.windriver.com/v1\nkind: {kind}\nmetadata:\n  name: {name}\n"
    return head + (f"spec:\n{spec.rstrip()}\n" if spec.strip() else "")
