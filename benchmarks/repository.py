"""A site-config repository of any size, the same at every run: radio sites of one server, profiles that they share.

Every site names two layers: one of a few wide ones (`base-*`, 1,000 sites each at 5,000) and one for its hardware
(`server-*`). Written through `git fast-import`: 5,000 sites are a commit in about a second.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, bytes]
FIRST_COMMIT_AT = 1_795_000_000  # seconds; later commits follow a second apart
GIT_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large it is. 5,000 sites and 20 profiles unless said otherwise."""

    sites: int = 5_000
    bases: int = 5
    servers: int = 15

    def layers(self, number: int) -> tuple[str, str]:
        """The layers that a site names."""
        return f"base-{number % self.bases}", f"server-{number % self.servers}"

    def users(self, layer: str) -> int:
        """How many sites name a layer."""
        return sum(layer in self.layers(number) for number in range(self.sites))


def site_name(number: int) -> str:
    """The name of the site of a number."""
    return f"sc-{number:05d}"


def files(shape: Shape) -> dict[str, bytes]:
    """Every file of the repository by path."""
    made = {"fleet.yaml": FLEET}
    made |= {f"profiles/base-{number}/deployment-config.yaml": base(number) for number in range(shape.bases)}
    made |= {f"profiles/server-{number}/deployment-config.yaml": server(number) for number in range(shape.servers)}
    for number in range(shape.sites):
        made |= site(number, shape)
    return dict(sorted(made.items()))


def site(number: int, shape: Shape, mtu: int = 1500) -> dict[str, bytes]:
    """The three files of one site."""
    folder, (high, low) = f"subclouds/{site_name(number)}", divmod(number, 250)
    facts = {"name": site_name(number), "number": number, "layers": ", ".join(shape.layers(number)), "mtu": mtu,
             "high": high, "low": low, "mac": f"52:54:00:00:{high:02x}:{low:02x}"}  # fmt: skip
    templates = {"site": SITE, "bootstrap-values": BOOTSTRAP, "deployment-config": DEPLOYMENT}
    return {f"{folder}/{name}.yaml": template.format_map(facts).encode() for name, template in templates.items()}


def base(number: int, ntp: str = "pool.ntp.org") -> bytes:
    """The shared file of a wide layer."""
    return BASE.format_map({"number": number, "ntp": ntp}).encode()


def server(number: int) -> bytes:
    """The shared file of a hardware layer."""
    return SERVER.format_map({"number": number, "slot": number + 1}).encode()


def bare(folder: Path, content: Files) -> str:
    """Make a bare repository whose branch main holds these files; the commit's id."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    return commit(folder, content, "Describe the fleet")


def work_tree(folder: Path, content: Files) -> str:
    """Make a work tree that holds these files, committed; the commit's id."""
    for path, text in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    made = commit(folder, content, "Describe the fleet")
    _git(folder, "reset", "--quiet")
    return made


def commit(folder: Path, changes: Mapping[str, bytes | None], subject: str) -> str:
    """Commit changed files (None: removed) on main, without a checkout; the commit's id."""
    count = _git(folder, "rev-list", "--count", "--all").strip()
    _git(folder, "fast-import", "--quiet", "--done", given=b"".join(_stream(changes, subject, int(count))))
    return _git(folder, "rev-parse", "main").strip()


def _stream(changes: Mapping[str, bytes | None], subject: str, number: int) -> Iterator[bytes]:
    text = subject.encode()
    yield b"commit refs/heads/main\n"
    yield b"committer Benchmark <benchmark@example.com> %d +0000\n" % (FIRST_COMMIT_AT + number)
    yield b"data %d\n%s\n" % (len(text), text)
    if number:
        yield b"from refs/heads/main^0\n"
    for path, content in changes.items():
        if content is None:
            yield b"D %s\n" % path.encode()
        else:
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
    yield b"done\n"


def _git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, env=GIT_ENVIRONMENT, input=given, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.decode()}")
    return done.stdout.decode()


FLEET = b"""\
apiVersion: stxr.io/v1
kind: Fleet
name: benchmark
defaults:
  mode: apply
  apply: auto
  heal: nondisruptive
groups:
  ran:
    description: Radio sites, one server each
"""

SITE = """\
name: {name}
group: ran
layers: [{layers}]
values:
  site: {name}
  place: Place {number}
  boot_mac: "{mac}"
"""

BOOTSTRAP = """\
name: {name}
description: Radio site {name}
location: Place {number}
system_mode: simplex
management_subnet: 192.168.{low}.0/24
management_start_address: 192.168.{low}.2
management_end_address: 192.168.{low}.50
management_gateway_address: 192.168.{low}.1
external_oam_subnet: 10.{high}.{low}.0/24
external_oam_gateway_address: 10.{high}.{low}.1
external_oam_floating_address: 10.{high}.{low}.2
systemcontroller_gateway_address: 192.168.250.1
dns_servers:
- 10.0.0.53
"""

DEPLOYMENT = """\
apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: system
spec:
  description: Radio site {name}
  location: Place {number}
---
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata:
  name: local-{number}
spec:
  type: vlan
  mtu: {mtu}
  description: Local breakout of {name}
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata:
  name: controller-0
spec:
  profile: ran-server
  match:
    bootMAC: "{mac}"
  overrides:
    location: Place {number}
    labels:
      site: {name}
"""

BASE = """\
apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: system
spec:
  contact: noc-{number}@example.com
  dnsServers:
  - 10.{number}.0.53
  - 10.{number}.1.53
  ntpServers:
  - 0.{ntp}
  - 1.{ntp}
---
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata:
  name: midhaul
spec:
  type: vlan
  mtu: 1500
  description: Towards the central units
"""

SERVER = """\
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata:
  name: ran-server
spec:
  personality: controller
  subfunctions:
  - controller
  - worker
  administrativeState: unlocked
  provisioningMode: dynamic
  bootDevice: /dev/disk/by-path/pci-0000:{slot:02x}:1f.2-ata-1
  rootDevice: /dev/disk/by-path/pci-0000:{slot:02x}:1f.2-ata-1
  console: ttyS0,115200
  installOutput: text
  labels:
    sriovdp: enabled
    kube-cpu-mgr-policy: static
    kube-topology-mgr-policy: best-effort
  processors:
  - node: 0
    functions:
    - function: platform
      count: 2
  interfaces:
    ethernet:
    - name: lo
      class: platform
      port:
        name: lo
      platformNetworks:
      - mgmt
      - cluster-host
    - name: oam0
      class: platform
      port:
        name: enp{slot}s3
      platformNetworks:
      - oam
    - name: data0
      class: data
      mtu: 1500
      port:
        name: ens{slot}f0
      dataNetworks:
      - midhaul
"""
