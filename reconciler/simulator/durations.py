"""How long things take on a real system, in seconds. ``--speed`` divides them all at once by moving the clock faster.

Only orders of magnitude are known ("minutes for real, AIO 10 to 20": sysinv-api.md 5); ``host_unlock_blocking_period``
and the kernel status's expiry of 120 s are StarlingX's own defaults.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds from cause to effect."""

    vim_moves_services: float = 15  # lock: VIM disables services
    mtce_locks: float = 15
    mtce_unlocks: float = 20  # accepted unlock: manifests are written -> administrative unlocked, going down
    reboot_aio: float = 780  # down -> up and in test
    reboot_worker: float = 420
    reboot_storage: float = 420
    in_test: float = 60
    services_enabled: float = 30
    config_report: float = 10  # the agent reports what it applied after the host came up
    config_status_lag: float = 2  # config_status follows config_applied
    runtime_apply: float = 15  # a runtime manifest
    runtime_blocking: float = 120  # host_unlock_blocking_period
    kernel_report: float = 30
    kernel_expiry: float = 120
    swact: float = 60
    reinstall: float = 1200
    discovery: float = 600  # added host boots, is installed and inventoried
    vfs_appear: float = 8
    partition: float = 5
    partition_delete: float = 5
    lvg_report: float = 20
    host_fs_resize: float = 15
    controller_fs_resize: float = 60
    storage_backend: float = 30
    app_action: float = 60
    # of software management and VIM
    usm_start: float = 300
    usm_deploy_host: float = 180
    usm_activate: float = 300
    vim_round: float = 10  # how often a strategy looks whether its step has ended
    vim_build: float = 30
    rootca_host: float = 90  # a phase on one host: its manifest, and the kubelet that restarts
    rootca_pods: float = 300  # every pod once
    device_image: float = 1800  # one image into one device
    # of dcmanager: states that it passes through, and what Ansible does in the others
    subcloud_cast: float = 2  # the manager takes up what the API has answered already (rpc/client.py cast)
    subcloud_state: float = 10
    subcloud_install: float = 1500
    subcloud_bootstrap: float = 1800
    subcloud_configure: float = 900
    subcloud_enroll: float = 600
    subcloud_network: float = 300
    subcloud_restore: float = 1800
    subcloud_backup: float = 600
    subcloud_prestage: float = 900
    strategy_state: float = 10  # its workers' round
    strategy_apply: float = 1200  # waiting for a site's VIM


REAL = Durations()
