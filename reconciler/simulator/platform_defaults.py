"""What every freshly bootstrapped system has: its own row, settings, filesystems, parameters, applications.

Values as recorded (aio-sx-day1/initial.json); a subcloud's name and region are its own, and nothing describes it yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.hardware import Bootstrap
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

CONTROLLER_FS = (
    ("platform", 10, "platform-lv"),
    ("database", 10, "pgsql-lv"),
    ("extension", 1, "extension-lv"),
    ("etcd", 5, "etcd-lv"),
    ("docker-distribution", 16, "dockerdistribution-lv"),
)
PARAMETERS = (
    ("horizon", "auth", "lockout_retries", "3"),
    ("horizon", "auth", "lockout_seconds", "300"),
    ("http", "config", "http_port", "8080"),
    ("http", "config", "https_port", "8443"),
    ("kubernetes", "config", "pod_max_pids", "10000"),
    ("radosgw", "config", "service_enabled", "false"),
    ("identity", "config", "token_expiration", "3600"),
    ("docker", "docker-registry", "url", "docker.io"),
    ("kubernetes", "kubelet", "maxPods", "110"),
    ("platform", "maintenance", "controller_boot_timeout", "1200"),
    ("platform", "maintenance", "heartbeat_degrade_threshold", "6"),
    ("platform", "maintenance", "heartbeat_failure_threshold", "10"),
    ("platform", "maintenance", "heartbeat_period", "100"),
    ("platform", "maintenance", "mnfa_threshold", "2"),
    ("platform", "maintenance", "mnfa_timeout", "0"),
    ("platform", "maintenance", "worker_boot_timeout", "720"),
)
APPS = (
    ("platform-integ-apps", "0", "uploaded", False),
    ("cert-manager", "1", "applied", True),
    ("nginx-ingress-controller", "1", "applied", True),
)
KUBERNETES = (("v1.28.4", False, "unavailable"), ("v1.29.2", True, "active"), ("v1.30.6", False, "available"))
NTP = "0.pool.ntp.org,1.pool.ntp.org"


def fill(system: System, told: Bootstrap) -> None:
    """Write the rows into an empty system."""
    own = system.insert("isystems", **_own(system.name, told))
    for table, values in _settings(told).items():
        system.insert(table, **values, isystem_uuid=own["uuid"], forisystemid=1)
    for name, size, volume in CONTROLLER_FS:
        values = {"name": name, "size": size, "logical_volume": volume, "isystem_uuid": own["uuid"]}
        available = {"replicated": True, "state": "{'status': 'available'}", "capabilities": {}}
        system.insert("controller_fs", **values, **available)
    for service, section, name, value in PARAMETERS:
        where = {"service": service, "section": section, "personality": None, "resource": None}
        system.insert("service_parameter", **where, name=name, value=value)
    _add_containers(system, told)


def _own(name: str, told: Bootstrap) -> Row:
    return {
        "name": name,
        "system_type": told.system_type,
        "system_mode": told.system_mode,
        "description": None,
        "contact": None,
        "location": None,
        "latitude": None,
        "longitude": None,
        "software_version": told.release,
        "timezone": told.timezone,
        "capabilities": {
            "region_config": True,
            "vswitch_type": "none",
            "sdn_enabled": False,
            "shared_services": "[]",
            "https_enabled": True,
            "bm_region": "External",
            "cinder_backend": "none",
        },
        "region_name": name,
        "distributed_cloud_role": "subcloud",
        "service_project_name": "services",
        "security_feature": "spectre_meltdown_v1",
    }


def _settings(told: Bootstrap) -> dict[str, Row]:
    return {
        "idns": {"nameservers": ",".join(told.dns)},
        "intp": {"ntpservers": NTP},
        "ptp": {"mode": "hardware", "transport": "l2", "mechanism": "e2e"},
        "remotelogging": {"ip_address": None, "enabled": False, "transport": "udp", "port": 514, "key_file": None},
        "drbdconfig": {"link_util": 40, "num_parallel": 1, "rtt_ms": 0.2},
    }


def _add_containers(system: System, told: Bootstrap) -> None:
    for name, patch, status, active in APPS:
        manifest = {"manifest_name": f"{name}-fluxcd-manifests", "manifest_file": "fluxcd-manifests"}
        version = f"{told.release}-{patch}"
        state = {"status": status, "progress": "completed", "active": active}
        system.insert("apps", name=name, app_version=version, **manifest, **state)
    for version, target, state_of in KUBERNETES:
        system.insert("kube_versions", version=version, target=target, state=state_of)
