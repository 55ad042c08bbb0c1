"""What becomes of each bootstrap value after bootstrap: changed later by dcmanager, said by documents, or read once. Pure.

The keys are those of ansible-playbooks host_vars/bootstrap/default.yml, of its roles, and of distcloud
dcmanager/common/phased_subcloud_deploy.py; a key that stands nowhere here is read once, too, for no playbook reads it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from reconciler.model.node import Node


class Later(StrEnum):
    """By what a value is changed once the site is there."""

    PATCH = "dcmanager"  # PATCH /v1.0/subclouds/<name>
    DOCUMENTS = "documents"  # the deployment-config or site.yaml says it from then on
    STRATEGY = "strategy"  # an orchestrated update of the site
    ONCE = "once"  # nothing changes it but a redeployment, which loses all that is on the site


@dataclass(frozen=True, slots=True)
class KeyClass:
    """What becomes of the keys that match. how: by which call or document; source: where that was learned."""

    keys: str
    later: Later
    how: str
    source: str

    def covers(self, key: str) -> bool:
        return any(fnmatchcase(key, pattern) for pattern in self.keys.split())


_PATCH = "distcloud dcmanager/api/controllers/v1/subclouds.py patch"
_DEFAULTS = "ansible-playbooks host_vars/bootstrap/default.yml"
_PARAMETERS = "config sysinv/common/service_parameter.py"
_MOVE = "with the three others, on an unmanaged subcloud"
_CLASSES = (
    KeyClass("name", Later.PATCH, "`name`, on an unmanaged subcloud that is complete", _PATCH),
    KeyClass("description location", Later.PATCH, "the field of the same name", _PATCH),
    KeyClass("management_multicast_*", Later.ONCE, "", _DEFAULTS),
    KeyClass(
        "management_dynamic_address_allocation cluster_host_dynamic_address_allocation", Later.ONCE, "", _DEFAULTS
    ),
    KeyClass(
        "management_subnet management_start_address management_end_address management_gateway_address",
        Later.PATCH,
        _MOVE,
        _PATCH,
    ),
    KeyClass("admin_subnet admin_start_address admin_end_address admin_gateway_address", Later.PATCH, _MOVE, _PATCH),
    KeyClass("management_*_address admin_*_address", Later.ONCE, "", _DEFAULTS),
    KeyClass(
        "systemcontroller_gateway_address",
        Later.PATCH,
        "`bootstrap_values`, whose gateway replaces the routes",
        "distcloud dcmanager/manager/subcloud_manager.py update_subcloud",
    ),
    KeyClass(
        "external_oam_*", Later.DOCUMENTS, "AddressPool of the network `oam`", "config sysinv/api/.../address_pool.py"
    ),
    KeyClass("dns_servers", Later.DOCUMENTS, "`System.spec.dnsServers`", "deployment-manager api/v1/system_types.go"),
    KeyClass("timezone", Later.DOCUMENTS, "`system.timezone` of site.yaml", "config sysinv/api/.../system.py"),
    KeyClass(
        "docker_http_proxy docker_https_proxy docker_no_proxy",
        Later.DOCUMENTS,
        "`System.spec.serviceParameters`, docker proxy",
        _PARAMETERS,
    ),
    KeyClass("docker_registries", Later.DOCUMENTS, "`System.spec.serviceParameters`, docker …-registry", _PARAMETERS),
    KeyClass(
        "apiserver_oidc apiserver_extra_args",
        Later.DOCUMENTS,
        "`System.spec.serviceParameters`, kubernetes kube_apiserver",
        _PARAMETERS,
    ),
    KeyClass(
        "controllermanager_extra_args",
        Later.DOCUMENTS,
        "`System.spec.serviceParameters`, kubernetes kube_controller_manager",
        _PARAMETERS,
    ),
    KeyClass(
        "scheduler_extra_args",
        Later.DOCUMENTS,
        "`System.spec.serviceParameters`, kubernetes kube_scheduler",
        _PARAMETERS,
    ),
    KeyClass(
        "kubelet_configurations", Later.DOCUMENTS, "`System.spec.serviceParameters`, kubernetes kubelet", _PARAMETERS
    ),
    KeyClass("*_extra_volumes", Later.DOCUMENTS, "`System.spec.serviceParameters`, kubernetes …_volumes", _PARAMETERS),
    KeyClass("user_dns_host_records", Later.DOCUMENTS, "`System.spec.serviceParameters`, dns host-record", _PARAMETERS),
    KeyClass(
        "docker_fs_size docker_distribution_fs_size",
        Later.DOCUMENTS,
        "filesystems of the profile (`docker`) and of the System (`docker-distribution`)",
        "deployment-manager api/v1/hostprofile_types.go, system_types.go",
    ),
    KeyClass("ssl_ca_cert", Later.DOCUMENTS, "`System.spec.certificates`", "deployment-manager api/v1/system_types.go"),
    KeyClass("kernel", Later.DOCUMENTS, "`HostProfile.spec.kernel`", "deployment-manager api/v1/hostprofile_types.go"),
    KeyClass(
        "software_version release",
        Later.STRATEGY,
        "a strategy `sw-deploy`",
        "distcloud dcmanager/api/controllers/v1/sw_update_strategy.py",
    ),
    KeyClass(
        "kubernetes_version",
        Later.STRATEGY,
        "a strategy `kubernetes`",
        "distcloud dcmanager/api/controllers/v1/sw_update_strategy.py",
    ),
    KeyClass(
        "k8s_root_ca_cert k8s_root_ca_key",
        Later.STRATEGY,
        "a strategy `kube-rootca-update`, which makes a new one",
        "distcloud dcmanager/api/controllers/v1/sw_update_strategy.py",
    ),
    KeyClass("system_mode virtual_system", Later.ONCE, "", _DEFAULTS),
    KeyClass("pxeboot_* cluster_host_* cluster_pod_* cluster_service_*", Later.ONCE, "", _DEFAULTS),
    KeyClass("system_root_ca_cert system_local_ca_cert system_local_ca_key", Later.ONCE, "", _DEFAULTS),
    KeyClass("etcd_root_ca_cert etcd_root_ca_key", Later.ONCE, "", _DEFAULTS),
    KeyClass("admin_username admin_password password_change password_change_responses", Later.ONCE, "", _DEFAULTS),
    KeyClass("additional_local_registry_images add_docker_prefix", Later.ONCE, "", _DEFAULTS),
    KeyClass("kubelet_extra_args networking_configurations calico_*", Later.ONCE, "", _DEFAULTS),
    KeyClass("applications k8s_plugins enable_volume_snapshot_support", Later.ONCE, "", _DEFAULTS),
    KeyClass("wipe_ceph_osds override_files_dir banner", Later.ONCE, "", _DEFAULTS),
)
SET_BY_DCMANAGER = frozenset(
    (
        *("region_config", "region_name", "distributed_cloud_role", "users"),
        *("system_controller_subnet", "system_controller_floating_address", "system_controller_oam_subnet"),
        *("system_controller_oam_floating_address", "system_controller_keystone_admin_user_id"),
        *("system_controller_keystone_admin_project_id", "system_controller_keystone_services_project_id"),
        *("system_controller_keystone_sysinv_user_id", "system_controller_keystone_dcmanager_user_id"),
        *("dc_root_ca_cert", "sc_ca_cert", "sc_ca_key"),
    )
)
"""Written into the values by dcmanager (dcmanager/manager/subcloud_manager.py); what Git says of them is lost."""


def classes() -> tuple[KeyClass, ...]:
    """Every class, in the order in which a page shows them; of those that cover a key the first counts."""
    return _CLASSES


def class_of(key: str) -> KeyClass:
    """What becomes of a key; one that nobody knows is read once."""
    unknown = KeyClass(key, Later.ONCE, "", "")
    return next((each for each in _CLASSES if each.covers(key)), unknown)


@dataclass(frozen=True, slots=True)
class Edited:
    """A value of bootstrap-values that Git says otherwise than before. node: as it is now; None where it was taken out."""

    key: str
    node: Node | None
    later: Later


def edited(before: Node | None, after: Node | None) -> Iterator[Edited]:
    """What a commit changed in a site's bootstrap values, by key. What is `once` wants a redeployment, and gets none."""
    was, now = _said(before), _said(after)
    for key in sorted({*was, *now}):
        if key not in was or key not in now or was[key].plain() != now[key].plain():
            yield Edited(key, now.get(key), class_of(key).later)


def _said(values: Node | None) -> Mapping[str, Node]:
    return dict(values.members()) if values else {}
