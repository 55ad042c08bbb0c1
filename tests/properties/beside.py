"""What stands beside a site's platform, made up: its row in dcmanager, its software, its strategies, its hosts' controllers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from reconciler.engine.remote import NOT_DEPLOYED
from reconciler.model.deployment import DeployStatus
from reconciler.model.host import HostState, SystemState
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret
from tests.properties.direct import KINDS, rendered
from tests.properties.documents import OTTAWA, files_of, loaded

NAME = OTTAWA.site
FOLDER = f"subclouds/{NAME}"
INSTALL = {
    "bootstrap_interface": "eno1",
    "bootstrap_address": "10.20.1.2",
    "bootstrap_address_prefix": 24,
    "install_type": 3,
    "bmc_address": "10.20.1.112",
    "bmc_username": "root",
}
SECRET = {"secretRef": "file:/secrets/{site}"}
FORMER = "ottawa-000"
OURS = {
    "management-subnet": "192.168.101.0/24",
    "management-gateway-ip": "192.168.101.1",
    "management-start-ip": "192.168.101.2",
    "management-end-ip": "192.168.101.50",
}
ELSEWHERE = {name: value.replace(".101.", ".201.") for name, value in OURS.items()}
POLICY = st.fixed_dictionaries(
    {"sysadmin": st.just(SECRET), "board": st.just(SECRET)},
    optional={
        "state": st.sampled_from(["managed", "unmanaged"]),
        "onboarding": st.sampled_from(["deploy", "enroll"]),
        "via": st.sampled_from(["direct", "deployment-manager"]),
        "formerNames": st.just([FORMER]),
        "location": st.just("Hull"),
        "delete": st.just(NAME),
    },
)
STATUSES = st.sampled_from([*(status.value for status in DeployStatus), "a-word-of-a-later-release"])
ROW = st.builds(
    lambda status, managed, there, name, addresses, text: {
        "name": name,
        "description": text,
        "location": text,
        "deploy-status": status,
        "management-state": managed,
        "availability-status": there,
        **addresses,
    },
    STATUSES,
    st.sampled_from(["managed", "unmanaged"]),
    st.sampled_from(["online", "offline"]),
    st.sampled_from([NAME, NAME, FORMER]),
    st.sampled_from([OURS, OURS, ELSEWHERE]),
    st.sampled_from(["", "Hull"]),
)
ROWS = st.one_of(st.none(), ROW)
VERSIONS = ("24.09.0", "24.09.1", "24.09.2", "25.03.0")
USM_STATES = ("available", "deployed", "committed", "unavailable", "uploading", "removing")
RELEASES = st.dictionaries(st.sampled_from(VERSIONS), st.sampled_from(USM_STATES), max_size=4)
DEPLOYS = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "from_release": st.sampled_from(VERSIONS),
            "to_release": st.sampled_from(VERSIONS),
            "state": st.sampled_from(
                ["start-done", "start-failed", "host", "host-failed", "activate-done", "completed"]
            ),
        }
    ),
)
STRATEGIES = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["sw-upgrade", "kube-upgrade", "fw-update"]),
            "state": st.sampled_from(["building", "ready-to-apply", "applying", "applied", "aborted", "build-failed"]),
        }
    ),
)
KUBERNETES = st.dictionaries(
    st.sampled_from(["v1.28.4", "v1.29.2", "v1.30.6"]), st.sampled_from(["active", "available", "partial"]), max_size=3
).filter(lambda versions: list(versions.values()).count("active") <= 1)
SOFTWARE = st.fixed_dictionaries(
    {},
    optional={
        "software": st.fixed_dictionaries(
            {"release": st.sampled_from(VERSIONS)},
            optional={"rollback": st.booleans(), "prestage": st.just({"sysadmin": SECRET})},
        ),
        "kubernetes": st.fixed_dictionaries({"version": st.sampled_from(["v1.29.2", "1.30.6"])}),
    },
)
BOARD = st.fixed_dictionaries(
    {},
    optional={
        "bios": st.dictionaries(st.sampled_from(["ProcCStates", "SriovGlobal"]), st.sampled_from(["On", "Off"])),
        "secureBoot": st.booleans(),
        "bootOrder": st.just(["Disk"]),
    },
)


def said(**sections: Any) -> Site:
    """The example site with these sections in its site.yaml, and files from which dcmanager could deploy it."""
    files = files_of(NAME)
    site = {**yaml.safe_load(files[f"{FOLDER}/site.yaml"]), **sections}
    values = files[f"{FOLDER}/bootstrap-values.yaml"].replace("192.168.100.1", "192.168.204.101")
    return loaded(
        NAME,
        {
            **files,
            f"{FOLDER}/site.yaml": yaml.safe_dump(site),
            f"{FOLDER}/bootstrap-values.yaml": values,
            f"{FOLDER}/install-values.yaml": yaml.safe_dump(INSTALL),
        },
    )


@cache
def host() -> HostState:
    return HostState(
        "controller-0", "u0", 1, "controller", administrative="unlocked", operational="enabled",
        availability="available", invprovision="provisioned", inv_state="inventoried", is_active=True,
    )  # fmt: skip


def shown(lists: Mapping[str, Any], *, is_there: bool = True) -> Snapshot:
    """What these lists show, and no other; a site that is there has a host."""
    seen = interpret(NAME, Rows({_place(name): tuple(rows) for name, rows in lists.items()}), KINDS, 0.0)
    if not is_there:
        return replace(seen, absent=NOT_DEPLOYED)
    system = SystemState(NAME, "u", "simplex", "All-in-one", "24.09", {"controller-0": host()})
    return replace(seen, system=system)


def _place(name: str) -> tuple[str, str]:
    return name, "controller-0" if name.startswith("board_") else ""


def of_subcloud(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """dcmanager's list, as one site has it."""
    return {"subclouds": [row] if row else []}


def of_software(
    releases: Mapping[str, str], deploy: Any, strategy: Any, kubernetes: Mapping[str, str]
) -> dict[str, Any]:
    """What USM, VIM and the platform list of it."""
    there = [{"release_id": f"starlingx-{v}", "sw_version": v, "state": s} for v, s in releases.items()]
    versions = [{"version": version, "state": state} for version, state in kubernetes.items()]
    return {
        "usm_releases": there,
        "usm_deploy": [deploy] if deploy else [],
        "vim_strategy": [{"strategy": strategy}],
        "kube_versions": versions,
    }


def only(snapshot: Snapshot, collections: frozenset[str]) -> Snapshot:
    """What Git says of the kinds that are read from these lists."""
    wanted = {name for name, kind in KINDS.items() if collections & set(kind.collections)}
    return replace(snapshot, resources={k: r for k, r in snapshot.resources.items() if k.kind in wanted})


def wanted(collections: frozenset[str], **sections: Any) -> Snapshot:
    """The same, rendered."""
    return only(rendered(said(**sections)), collections)
