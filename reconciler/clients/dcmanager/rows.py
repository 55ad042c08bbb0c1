"""dcmanager's rows as our values. Secrets that a row holds are left in it."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.clients.dcmanager.redaction import install_values, redacted, without_own
from reconciler.clients.platform import Row
from reconciler.model.central import (
    Addresses,
    AlarmCounts,
    CentralStrategy,
    DeployFiles,
    Subcloud,
    SubcloudDetail,
    SubcloudGroup,
    UpdateOptions,
)
from reconciler.model.installed_from import board_in

SHOWN_OPTIONS = frozenset({"sysadmin_password"})
ADDRESSES = ("management-subnet", "management-gateway-ip", "management-start-ip", "management-end-ip")


def subcloud(row: Row) -> Subcloud:
    """A row of the list, or one shown alone; answers of changes have no `endpoint_sync_status` (recorded)."""
    installed = row.get("data_install")
    return Subcloud(
        name=row["name"],
        region=row["region-name"] or "",
        group_id=int(row["group_id"]),
        management=row["management-state"],
        availability=row["availability-status"],
        deploy_status=row["deploy-status"],
        release=row["software-version"] or "",
        backup_status=row.get("backup-status") or "",
        prestage_status=row.get("prestage-status") or "",
        error=without_own(row.get("error-description") or "", installed),
        sync={each["endpoint_type"]: each["sync_status"] for each in row.get("endpoint_sync_status") or ()},
        description=row.get("description") or "",
        location=row.get("location") or "",
        addresses=Addresses(*(row.get(name) or "" for name in ADDRESSES)),
        systemcontroller_gateway=row.get("systemcontroller-gateway-ip") or "",
        backup_at=row.get("backup-datetime") or "",
        prestage_versions=row.get("prestage-versions") or "",
        peer_group_id=row.get("peer_group_id"),
        board=board_in(install_values(installed)),
    )


def detail(row: Row) -> SubcloudDetail:
    """What dcmanager asks the site itself for; `unavailable` and `unknown` where it does not answer."""
    oam = row["oam_floating_ip"]
    return SubcloudDetail(subcloud(row), "" if oam == "unavailable" else oam, row["deploy_config_sync_status"])


def group(row: Row) -> SubcloudGroup:
    return SubcloudGroup(
        int(row["id"]),
        row["name"],
        row["update_apply_type"],
        int(row["max_parallel_subclouds"]),
        row.get("description") or "",
    )


def strategy(row: Row, steps: Iterable[Row]) -> CentralStrategy:
    rows = tuple(steps)
    options = {name: value for name, value in (row.get("extra-args") or {}).items() if name not in SHOWN_OPTIONS}
    return CentralStrategy(
        row["type"],
        row["state"],
        {step["cloud"]: step["state"] for step in rows},
        {step["cloud"]: redacted(step["details"]) for step in rows if step.get("details")},
        {name: value for name, value in options.items() if value is not None},
        row.get("created-at") or "",
    )


def counts(row: Row) -> tuple[str, AlarmCounts]:
    """Despite its key, `region_name` holds the subcloud's name (recorded)."""
    critical, major, minor = (int(row[f"{name}_alarms"]) for name in ("critical", "major", "minor"))
    return row["region_name"], AlarmCounts(critical, major, minor, int(row["warnings"]))


def options(row: Row) -> UpdateOptions:
    return UpdateOptions(
        storage=row["storage-apply-type"],
        workers=row["worker-apply-type"],
        most_workers=int(row["max-parallel-workers"]),
        alarms=row["alarm-restriction-type"],
        instances=row["default-instance-action"],
    )


def deploy_files(row: Row) -> DeployFiles:
    """Their names: what they are dcmanager does not tell (recorded)."""
    said = row["subcloud_deploy"]
    kinds = ("deploy_playbook", "deploy_chart", "deploy_overrides", "prestage_images")
    return DeployFiles(said["software_version"], *(said.get(kind) or "" for kind in kinds))
