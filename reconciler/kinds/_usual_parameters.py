"""Service parameters as a system has them that nobody changed.

From sysinv conductor/manager.py DEFAULT_PARAMETERS with the values of common/constants.py, and of the systems of
release 24.09 that were recorded, where bootstrap and the older defaults add or differ.
"""

from __future__ import annotations

# service/section/parameter=value
USUAL = frozenset(
    {
        "docker/docker-registry/url=docker.io",
        "horizon/auth/lockout_retries=3",
        "horizon/auth/lockout_seconds=300",
        "http/config/http_port=8080",
        "http/config/https_port=8443",
        "identity/config/token_expiration=3600",
        "identity/ldap-linux/inactive_session_term_timeout_seconds=900",
        "identity/ldap-linux/lockout_retries=5",
        "identity/ldap-linux/lockout_seconds=900",
        "identity/security_compliance/inactive_session_term_timeout_seconds=3000",
        "identity/security_compliance/lockout_retries=5",
        "identity/security_compliance/lockout_seconds=1800",
        "kubernetes/config/pod_max_pids=10000",
        "platform/client/cli_confirmations=disabled",
        "platform/config/autoreapply_apps_after_apply_runtime_manifest=enabled",
        "platform/config/cgroup_v2_enabled=True",
        "platform/config/cpu_max_freq_min_percentage=80",
        "platform/config/host_unlock_blocking_period=120",
        "platform/config/k8s_application_audit=enabled",
        "platform/config/sctp_autoload=enabled",
        "platform/coredump/external_size_max=2G",
        "platform/coredump/keep_free=1G",
        "platform/coredump/process_size_max=2G",
        "platform/kernel/audit=0",
        "platform/maintenance/controller_boot_timeout=1200",
        "platform/maintenance/heartbeat_degrade_threshold=6",
        "platform/maintenance/heartbeat_failure_action=fail",
        "platform/maintenance/heartbeat_failure_threshold=10",
        "platform/maintenance/heartbeat_period=100",
        "platform/maintenance/heartbeat_period=1000",
        "platform/maintenance/mnfa_threshold=2",
        "platform/maintenance/mnfa_timeout=0",
        "platform/maintenance/worker_boot_timeout=720",
        "radosgw/config/fs_size_mb=25",
        "radosgw/config/service_enabled=False",
        "radosgw/config/service_enabled=false",
    }
)
