"""The system of a site that a central cloud has deployed, from the values that were posted to it.

As with a repository, names, ports and disks are all that is read of its documents; without any there is controller-0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconciler.desired import load_site
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.site import SiteFiles
from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.build_repo import hardware_of
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.hardware import SiteHardware
from reconciler.simulator.system import System
from reconciler.simulator.tables import Row

ALONE = """
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata: {name: controller-0, namespace: deployment}
spec: {profile: alone}
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata: {name: alone, namespace: deployment}
spec: {personality: controller}
"""
NOT_INSTALLED = ("bmc_password", "image")


def build(row: Row, durations: Durations = REAL) -> System:
    """A freshly bootstrapped system of this subcloud."""
    try:
        hardware = _hardware(row, row.get("documents") or ALONE)
    except (ConfigError, ConfigErrors):  # bootstrap never sees the documents
        hardware = _hardware(row, ALONE)
    return bootstrapped(hardware, durations=durations)


def _hardware(row: Row, documents: str) -> SiteHardware:
    return hardware_of(load_site(_files(row, documents)))


def _files(row: Row, documents: str) -> SiteFiles:
    name, folder = row["site"], f"subclouds/{row['site']}"
    told = {**(row.get("told") or {}), "name": name}
    installed = json.loads(row["data_install"]) if row.get("data_install") else {}
    values = {key: value for key, value in installed.items() if key not in NOT_INSTALLED}
    files: Mapping[str, bytes] = {
        f"{folder}/site.yaml": b"{}\n",
        f"{folder}/bootstrap-values.yaml": json.dumps(told).encode(),
        f"{folder}/install-values.yaml": json.dumps(values).encode(),
        f"{folder}/deployment-config.yaml": documents.encode(),
    }
    return SiteFiles(name, "", "", files)
