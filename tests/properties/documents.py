"""Site-config files as their authors would write them, made up: documents of every kind that a running site takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

import reconciler
from reconciler.desired import layers_of, load_site
from reconciler.model.site import Site, SiteFiles

SITES = Path(reconciler.__file__).parents[1] / "sites"
API = "starlingx.windriver.com/v1"
Document = Mapping[str, Any]


def documents_text(documents: list[Document]) -> str:
    return "---\n".join(yaml.safe_dump(dict(d), sort_keys=False) for d in documents)


def files_of(name: str, own: str = "") -> dict[str, str]:
    """The example site's files by path, and a deployment-config of its own."""
    folder = SITES / "subclouds" / name
    layers = layers_of((folder / "site.yaml").read_bytes())
    folders = [folder, *(SITES / "profiles" / layer for layer in layers)]
    files = {p.relative_to(SITES).as_posix(): p.read_text() for f in folders for p in sorted(f.iterdir())}
    files["fleet.yaml"] = (SITES / "fleet.yaml").read_text()
    return {**files, f"subclouds/{name}/deployment-config.yaml": own} if own else files


def loaded(name: str, files: Mapping[str, str]) -> Site:
    return load_site(SiteFiles(name, "", "", {path: text.encode() for path, text in files.items()}))


def site_of(name: str, documents: list[Document]) -> Site:
    """The example site with these documents on top."""
    return loaded(name, files_of(name, documents_text(documents)))


def document(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


# ---- what authors may write; every combination is one that the platform takes

MTU = st.sampled_from([1500, 9000, 9216])
LARGEST = 9216  # an interface carries what its data networks are allowed to send
DATA_NETWORK = st.fixed_dictionaries(
    {"type": st.sampled_from(["vlan", "flat"])},
    optional={"mtu": MTU, "description": st.sampled_from(["Edge", "Core", "Towards the radio"])},
)
PTP_PARAMETERS = st.fixed_dictionaries(
    {}, optional={"global": st.lists(st.sampled_from(["domainNumber=24", "priority1=100"]), unique=True, min_size=1)}
)
LABELS = st.dictionaries(
    st.sampled_from(["rack", "row", "kube-topology-mgr-policy", "openvswitch", "stxr.io/tier"]),
    st.sampled_from(["a", "b", "restricted"]),
    max_size=3,
).map(lambda labels: {k: {"openvswitch": "enabled", "kube-topology-mgr-policy": "restricted"}.get(k, v) for k, v in labels.items()})  # fmt: skip
SYSTEM = st.fixed_dictionaries(
    {},
    optional={
        "location": st.sampled_from(["Hull", "Gatineau"]),
        "contact": st.sampled_from(["ops@example.com", "noc@example.com"]),
        "dnsServers": st.lists(st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"]), min_size=1, unique=True),
        "ntpServers": st.lists(st.sampled_from(["10.1.0.1", "10.1.0.2", "10.1.0.3"]), min_size=1, unique=True),
        "serviceParameters": st.lists(
            st.builds(
                lambda name, value: {
                    "service": "kubernetes",
                    "section": "kube_apiserver",
                    "paramname": name,
                    "paramvalue": value,
                },
                st.sampled_from(["audit-log-maxage", "audit-log-maxbackup"]),
                st.sampled_from(["10", "20"]),
            ),
            unique_by=lambda p: p["paramname"],
            min_size=1,
        ),
    },
)


@dataclass(frozen=True)
class Shape:
    """What is different from one example site to the next.

    profile: the HostProfile that is added to. lower: an interface that VLANs may lie on. is_alone: one host has it.
    converts_images: a controller has it. sriov: an interface that VFs may lie on.
    """

    site: str
    profile: str
    lower: str
    is_alone: bool = False
    converts_images: bool = True
    sriov: str = ""
    data_port: str = "ens1f0"

    def __str__(self) -> str:
        return self.site


OTTAWA = Shape("ottawa-001", "ran-server", "oam0", is_alone=True, sriov="fh0")
YARD = Shape("yard-west", "yard-server", "oam0")
PLANT = Shape("plant-1", "plant-worker", "mgmt0", converts_images=False)
DISK = "/dev/disk/by-path/pci-0000:00:17.0-ata-1.0"
ROOK = {"name": "ceph-rook-store", "type": "ceph-rook", "deployment": "open", "replicationFactor": 1, "services": ["block", "filesystem"]}  # fmt: skip
# one size for good: a node that had pages of one size takes another only with none of the first
MEMORY = st.sampled_from([100, 200]).map(
    lambda pages: [{"node": 0, "functions": [{"function": "vm", "pageSize": "2MB", "pageCount": pages}]}]
)
PROCESSORS = st.sampled_from([2, 4]).map(lambda n: [{"node": 0, "functions": [{"function": "platform", "count": n}]}])


@st.composite
def profiles(draw: st.DrawFn, shape: Shape, instances: list[str], networks: list[str]) -> dict[str, Any]:
    """A part of a host's profile."""
    vlans = draw(st.lists(st.sampled_from([30, 31, 32]), unique=True, max_size=2))
    said: dict[str, Any] = {"interfaces": draw(_interfaces(shape, vlans, networks))}
    if shape.is_alone and (addressed := draw(_some(vlans))):
        prefix = draw(st.sampled_from([24, 25]))
        said["addresses"] = [{"interface": f"field{v}", "address": f"10.{v}.0.2", "prefix": prefix} for v in addressed]
        said["routes"] = [_route(v, draw(st.sampled_from([1, 5]))) for v in draw(_some(addressed))]
    said["labels"] = draw(LABELS)
    said["ptpInstances"] = draw(_some(instances))
    if shape.converts_images and draw(st.booleans()):
        said["storage"] = {"filesystems": [{"name": "image-conversion", "size": 10}]}
    said["processors"] = draw(PROCESSORS) if draw(st.booleans()) else []
    said["memory"] = draw(MEMORY) if draw(st.booleans()) else []
    return {section: value for section, value in said.items() if value}


def _some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique=True) if values else st.just([])


@st.composite
def _interfaces(draw: st.DrawFn, shape: Shape, vlans: list[int], networks: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "vlan": [{"name": f"field{v}", "class": "platform", "lower": shape.lower, "vid": v, "mtu": 1500} for v in vlans]
    }
    if networks and draw(st.booleans()):
        port = {"name": "data0", "class": "data", "port": {"name": shape.data_port}, "mtu": LARGEST}
        said["ethernet"] = [{**port, "dataNetworks": draw(_some(networks))}]
    if shape.sriov and draw(st.booleans()):
        count = draw(st.sampled_from([2, 4]))
        below = {"lower": shape.sriov, "vfCount": count, "vfDriver": "netdevice"}
        said["vf"] = [{"name": "radio0", "class": "pci-sriov", "mtu": 1500, **below}]
    return {section: value for section, value in said.items() if value}


def _route(vid: int, metric: int) -> dict[str, Any]:
    return {"interface": f"field{vid}", "subnet": f"10.{vid + 100}.0.0", "prefix": 16, "gateway": f"10.{vid}.0.1", "metric": metric}  # fmt: skip


@st.composite
def overlays(draw: st.DrawFn, shape: Shape, *, has_ceph: bool = False) -> list[Document]:
    """The documents that a site has on top of its layers. has_ceph: the site stores, which is not taken back."""
    networks = draw(st.dictionaries(st.sampled_from(["edge", "core", "backhaul"]), DATA_NETWORK, max_size=2))
    clocks = draw(st.dictionaries(st.sampled_from(["clock0", "clock1"]), PTP_PARAMETERS, max_size=2))
    system = draw(SYSTEM) | ({"storage": {"backends": [ROOK]}} if has_ceph else {})
    host = draw(profiles(shape, sorted(clocks), [n for n, spec in networks.items() if spec["type"] == "vlan"]))
    if has_ceph and draw(st.booleans()):
        osd = {"path": DISK, "function": "osd", "cluster": "ceph_rook_cluster"}
        host["storage"] = {**host.get("storage", {}), "osds": [osd]}
    found = [document("DataNetwork", name, spec) for name, spec in networks.items()]
    for name, parameters in clocks.items():
        found.append(document("PtpInstance", name, {"service": "ptp4l", "parameters": parameters}))
        if draw(st.booleans()):
            port = {"ptpinstance": name, "parameters": ["masterOnly=1"]}
            found.append(document("PtpInterface", f"{name}-port", port))
    found += draw(_field_networks()) if shape.is_alone else []
    found += [document("System", "site", system)] if system else []
    found += [document("HostProfile", shape.profile, host)] if host else []
    return draw(st.permutations(found)) if found else []


def _field_networks() -> st.SearchStrategy[list[Document]]:
    """A pool, and perhaps a network of it."""
    pool = document("AddressPool", "field", {"subnet": "10.77.0.0", "prefix": 24, "allocation": {"order": "random"}})
    network = document(
        "PlatformNetwork", "field", {"type": "other", "dynamic": False, "associatedAddressPools": ["field"]}
    )
    return st.sampled_from([[], [pool], [pool, network]])
