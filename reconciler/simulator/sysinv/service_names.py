"""Names of service parameters by service and section; ``*`` means that any name is taken.

starlingx/config common/service_parameter.py ``SERVICE_PARAMETER_SCHEMA``. Services of which a test system shows
parameters though the schema has no section for them any more (horizon) are not listed: they cannot be added to.
"""

from __future__ import annotations

_DOMAIN = (
    "domain_name ldap_uri ldap_access_filter ldap_search_base ldap_user_search_base ldap_group_search_base"
    " ldap_default_bind_dn ldap_default_authtok"
)
_REGISTRY = "url auth-secret type additional-overrides secure"
_OIDC = "oidc-issuer-url oidc-client-id oidc-username-claim oidc-groups-claim *"
_POOL = "database_max_pool_size database_max_pool_timeout database_max_overflow_size"
_REGISTRIES = ("docker", "gcr", "k8s", "quay", "elastic", "ghcr", "registryk8s", "icr")

_NAMES: dict[str, dict[str, str]] = {
    "identity": {
        "config": "token_expiration",
        "stx": "role-bindings",
        **{f"ldap-domain{number}": _DOMAIN for number in (1, 2, 3)},
        "security_compliance": "unique_last_password_count password_regex password_regex_description lockout_seconds"
        " lockout_retries password_expires_days inactive_session_term_timeout_seconds",
        "local-openldap": "insecure_service",
        "ldap-linux": "lockout_seconds lockout_retries inactive_session_term_timeout_seconds",
    },
    "platform": {
        "config": "virtual_system cpu_max_freq_min_percentage intel_pstate amd_pstate sysinv_api_workers sctp_autoload"
        f" {_POOL} host_unlock_blocking_period k8s_application_audit"
        " autoreapply_apps_after_apply_runtime_manifest max-app-operations-per-platform",
        "maintenance": "worker_boot_timeout controller_boot_timeout heartbeat_period heartbeat_failure_action"
        " heartbeat_failure_threshold heartbeat_degrade_threshold mnfa_threshold mnfa_timeout",
        "sysinv": "",
        "container_runtime": "custom_container_runtime",
        "crashdump": "max_size max_files max_used min_available",
        "collectd": "network_servers",
        "kernel": "audit ksoftirqd_priority irq_work_priority kthread_prio",
        "coredump": "process_size_max external_size_max max_use keep_free",
        "postgresql": "autovacuum_max_workers max_worker_processes max_parallel_workers"
        " max_parallel_maintenance_workers max_parallel_workers_per_gather",
        "fm": _POOL,
        "drbd": "hmac secret secure",
        "client": "cli_confirmations",
        "sysctl": "*",
    },
    "radosgw": {"config": "service_enabled fs_size_mb"},
    "docker": {
        "proxy": "http_proxy https_proxy no_proxy",
        **{f"{name}-registry": _REGISTRY for name in _REGISTRIES},
        "concurrency": "max-concurrent-uploads max-concurrent-downloads max-kube-app-download-threads",
    },
    "kubernetes": {
        "kube_apiserver": _OIDC,
        "config": "pod_max_pids automatic_recovery",
        "kube_controller_manager": _OIDC,
        **dict.fromkeys(
            ("kube_scheduler", "kubelet", "kube_apiserver_volumes", "kube_controller_manager_volumes"), "*"
        ),
        "kube_scheduler_volumes": "*",
    },
    "ptp": {"global": "*", "phc2sys": "update-rate summary-updates"},
    "http": {"config": "http_port https_port"},
    "openstack": {"helm": "endpoint_domain"},
    "ceph": {"monitor": "auth_id_reclaim"},
    "dns": {"host-record": "*", "local": "*"},
    "module": {"i801": "i2c_interrupts"},
    "snmp": {"config": "snmp_nodeport agentx_nodeport trap_nodeport"},
}
SECTIONS: dict[str, dict[str, frozenset[str]]] = {
    service: {section: frozenset(names.split()) for section, names in sections.items()}
    for service, sections in _NAMES.items()
}

RANGES: dict[str, tuple[int, int, str]] = {
    "token_expiration": (3600, 14400, "seconds"),
    "host_unlock_blocking_period": (0, 600, "seconds"),
    "worker_boot_timeout": (720, 1800, "seconds"),
    "controller_boot_timeout": (1200, 1800, "seconds"),
    "heartbeat_period": (100, 1000, ""),
    "heartbeat_failure_threshold": (10, 100, ""),
    "heartbeat_degrade_threshold": (4, 100, ""),
    "mnfa_threshold": (2, 100, ""),
}
INTEGERS = frozenset(RANGES) | {"http_port", "https_port", "pod_max_pids"}
