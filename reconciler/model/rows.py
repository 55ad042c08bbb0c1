"""What the owner API listed, raw: rows by collection, joined to hosts. Kinds read their resources from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from json import dumps
from typing import Any
from urllib.parse import quote

from reconciler.model.helm_values import hidden, parsed
from reconciler.model.host import SystemState, host_state, system_state
from reconciler.model.secret import MASK, digest, is_named
from reconciler.model.words import Scope, Service

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of an owner API: its path, the key that holds its rows, whether it is asked once or once per host.

    `{host}` in the path is the host's uuid, `{name}` its name. is_object: the path shows one object, which is the only row;
    without a key that holds rows, the path shows a list of them.
    hidden: a member of the rows that is a secret: only its digest is kept, as `model.secret` makes it; "" stays "".
    named: members that hold a name and its value: the value of a name that tells a secret is never given away.
    of: the list whose rows say what else fills the path; `into` says it of each, as rows whose members the rows of this
      list have, too. What one of them shows is asked for by itself.
    kept_as: what of a row may be remembered, where that is not all of it.
    """

    name: str
    path: str
    items: str
    scope: Scope = Scope.SYSTEM
    service: Service = Service.PLATFORM
    is_object: bool = False
    hidden: str = ""
    named: tuple[str, str] | None = None
    of: str = ""
    into: Callable[[Row], Iterable[Row]] = lambda row: (row,)
    kept_as: Callable[[Row], Row] = lambda row: row

    def place(self, host: str = "", uuid: str = "") -> str:
        """Its path for a host; both are "" for what is asked once."""
        return self.path.format(host=uuid, name=host)

    def kept(self, row: Row) -> Row:
        """The row as it may be remembered."""
        row = self.kept_as(row)
        if not self.hidden:
            return row
        text = str(row.get(self.hidden) or "")
        return {**row, self.hidden: digest(text) if text else ""}

    def shown(self, rows: Iterable[Row]) -> Any:
        """What the path shows, made of rows again; secrets masked as the platform masks them."""
        if self.is_object:
            return next(iter(rows), {})
        listed = [self._masked(row) for row in rows]
        return {self.items: listed} if self.items else listed

    def _masked(self, row: Row) -> Row:
        if self.named is None:
            return row
        name, value = self.named
        return {**row, value: MASK} if is_named(str(row.get(name) or "")) else row

    def rows_in(self, content: Any) -> tuple[Row, ...] | None:
        """The rows of what a path showed; None where it is not of this form."""
        found = content if isinstance(content, Mapping) else {}
        is_one = self.is_object and isinstance(content, Mapping)  # also one of which nothing may be remembered
        rows = [found] if is_one else found.get(self.items) if self.items else content
        return tuple(map(self.kept, rows)) if isinstance(rows, list) else None

    def parts(self, parents: Iterable[Row]) -> tuple[Row, ...]:
        """What fills its path, once for each time that it is asked, where that takes the rows of another list."""
        return tuple(part for parent in parents for part in self.into(parent))


NO_CHARTS = frozenset({"uploading", "upload-failed"})  # sysinv conductor/manager.py get_helm_application_namespaces


def _of_application(row: Row) -> Iterator[Row]:
    if row.get("status") not in NO_CHARTS:
        yield {"application": row["name"]}


def _of_chart(row: Row) -> Iterator[Row]:
    for namespace in row.get("namespaces") or ():
        yield {"application": row["application"], "chart": row["name"], "namespace": namespace}


def _of_peer_group(row: Row) -> Iterator[Row]:
    yield {"group": quote(row["peer_group_name"], safe="")}


def _of_people(row: Row) -> Row:
    """What plugins make up is left out: it is the platform's, and holds its passwords."""
    said = hidden(parsed(row.get("user_overrides") or ""))
    kept = ("application", "chart", "name", "namespace", "attributes")
    return {name: row[name] for name in kept if name in row} | {"user_overrides": dumps(said) if said else None}


def _of_release(row: Row) -> Row:
    """Its packages are left out: thousands of names."""
    kept = ("release_id", "state", "sw_version", "unremovable", "reboot_required", "requires")
    return {name: row[name] for name in kept if name in row}


def _of_root_ca(row: Row) -> Row:
    """Of all certificates of the platform the one that no other list shows (sysinv conductor/manager.py get_all_certs)."""
    return {name: row[name] for name in ("kubernetes-root-ca",) if name in row}


def _listed(name: str, items: str = "", **facts: Any) -> Collection:
    return Collection(name, f"/v1/{name}", items or name, **facts)


def _per_host(name: str) -> Collection:
    return Collection(name, f"/v1/ihosts/{{host}}/{name}", name, Scope.HOST)


def _of_board(name: str, part: str) -> Collection:
    """Of a host's board management controller: engine.board_service makes the rows, with only what Git says."""
    return Collection(name, f"/boards/{{name}}/{part}", name, Scope.HOST, Service.REDFISH)


def _of_centre(name: str, part: str, items: str = "") -> Collection:
    return Collection(name, f"/v1.0/{part}", items or name, service=Service.DCMANAGER)


# Global lists are complete and joinable, but three: /iinterfaces answers 400, /partitions an empty list, /labels 500
# (sysinv api/controllers/v1: interface.py, partition.py, label.py).
COLLECTIONS: Mapping[str, Collection] = {
    c.name: c
    for c in (
        _listed("isystems"),
        _listed("ihosts"),
        _listed("idns", "idnss"),
        _listed("intp", "intps"),
        _listed("remotelogging", "remoteloggings"),
        _listed("drbdconfig", "drbdconfigs"),
        _listed("ptp", "ptps"),
        _listed("addrpools"),
        _listed("networks"),
        _listed("network_addresspools"),
        _listed("datanetworks"),
        _listed("storage_backend", "storage_backends"),
        _listed("storage_ceph"),
        _listed("storage_ceph_rook"),
        _listed("storage_tiers"),
        _listed("clusters"),
        _listed("controller_fs"),
        _listed("service_parameter", "parameters", named=("name", "value")),
        _listed("ptp_instances"),
        _listed("ptp_interfaces"),
        _listed("ceph_mon"),
        _listed("icpus"),
        _listed("imemorys"),
        _listed("ports"),
        _listed("pci_devices"),
        _listed("idisks"),
        _listed("ilvgs"),
        _listed("ipvs"),
        _listed("istors"),
        _listed("host_fs"),
        _listed("interface_networks"),
        _listed("interface_datanetworks"),
        _listed("addresses"),
        _listed("certificate", "certificates"),
        Collection("license", "/v1/license/get_license_file", "", is_object=True, hidden="content"),
        _listed("routes"),
        _listed("apps"),
        Collection("helm_charts", "/v1/helm_charts?app_name={application}", "charts", of="apps", into=_of_application),
        Collection(
            "helm_overrides",
            "/v1/helm_charts/{application}?name={chart}&namespace={namespace}",
            "",
            is_object=True,
            of="helm_charts",
            into=_of_chart,
            kept_as=_of_people,
        ),
        # of Kubernetes: what there is, and which of it runs (sysinv kube_version.py)
        _listed("kube_versions"),
        Collection("platform_certificates", "/v1/certificate/get_all_certs", "", is_object=True, kept_as=_of_root_ca),
        _listed("kube_rootca_update", "kube_rootca_updates"),
        # images for accelerators: which there are, where they go, what became of each
        _listed("device_images"),
        _listed("device_image_state"),
        _listed("device_labels"),
        # of software management (starlingx/update release_data.py to_query_dict, deploy.py)
        Collection("usm_releases", "/v1/release", "", service=Service.USM, kept_as=_of_release),
        Collection("usm_deploy", "/v1/deploy", "", service=Service.USM),
        # the strategy that VIM has, of whatever type (starlingx/nfv _current_strategy.py)
        Collection(
            "vim_strategy", "/api/orchestration/current-strategy/strategy", "", service=Service.VIM, is_object=True
        ),
        _per_host("iinterfaces"),
        _per_host("partitions"),
        _per_host("labels"),
        # of dcmanager's list, the row of the site alone; without its passwords (clients.dcmanager)
        Collection("subclouds", "/v1.0/subclouds", "subclouds", service=Service.DCMANAGER),
        # what it has beside them, read where Git says what the central cloud is to have (clients.dcmanager.centre)
        _of_centre("subcloud_groups", "subcloud-groups"),
        _of_centre("system_peers", "system-peers"),
        _of_centre("peer_groups", "subcloud-peer-groups", "subcloud_peer_groups"),
        Collection(
            "peer_group_status",
            "/v1.0/subcloud-peer-groups/{group}/status",
            "",
            service=Service.DCMANAGER,
            is_object=True,
            of="peer_groups",
            into=_of_peer_group,
        ),
        _of_centre("peer_associations", "peer-group-associations", "peer_group_associations"),
        _of_centre("update_options", "sw-update-options", "sw-update-options"),
        # of that list too: whether a strategy of dcmanager's is for the site (engine.strategy_side)
        Collection("standing", "/v1.0/subclouds/standing", "standing", service=Service.STRATEGY),
        _of_board("board_bios", "bios"),
        _of_board("board_boot_order", "boot-order"),
        _of_board("board_secure_boot", "secure-boot"),
        _of_board("board_firmware", "firmware"),
    )
}


@dataclass(frozen=True)
class Rows:
    """Every row that was listed, and which lists ended. A list that failed is absent, never empty.

    listed: (collection, host) -> rows; host is "" for a global list.
    """

    listed: Mapping[tuple[str, str], tuple[Row, ...]] = field(default_factory=dict)

    def all(self, collection: str) -> Iterator[Row]:
        """The rows of a collection, those of every host that was asked together."""
        if (collection, "") in self.listed:
            yield from self.listed[collection, ""]
            return
        for host in self.system.hosts:
            yield from self.listed.get((collection, host), ())

    def by_host(self, collection: str) -> Iterator[tuple[str, Row]]:
        """(hostname, row) for rows that belong to a known host."""
        for row in self.all(collection):
            if host := self.host_of(row):
                yield host, row

    def has(self, collection: str, host: str = "") -> bool:
        """The list was read to its end."""
        return (collection, "") in self.listed or (collection, host) in self.listed

    def host_of(self, row: Row) -> str | None:
        """The name of the host a row belongs to; rows carry `ihost_uuid`, `host_uuid` or the integer `forihostid`."""
        uuid = row.get("ihost_uuid") or row.get("host_uuid")
        return self._by_uuid.get(uuid) if uuid else self._by_id.get(row.get("forihostid") or 0)

    def index(self, collection: str, attribute: str = "uuid") -> Mapping[Any, Row]:
        """The rows of a collection by one attribute."""
        return {row.get(attribute): row for row in self.all(collection)}

    @cached_property
    def system(self) -> SystemState:
        """Hosts and system in the words that decide."""
        models = {row.get("ihost_uuid"): str(row.get("cpu_model") or "") for row in self.listed.get(("icpus", ""), ())}
        seen = (host_state(row, models.get(row["uuid"], "")) for row in self.listed.get(("ihosts", ""), ()))
        hosts = {h.name: h for h in seen}
        row: Row = next(iter(self.listed.get(("isystems", ""), ())), {})
        return system_state(row, hosts)

    @cached_property
    def _by_uuid(self) -> Mapping[str, str]:
        return {h.uuid: h.name for h in self.system.hosts.values()}

    @cached_property
    def _by_id(self) -> Mapping[int, str]:
        return {h.id: h.name for h in self.system.hosts.values()}

    def replaced(self, newer: Iterable[tuple[tuple[str, str], tuple[Row, ...]]]) -> Rows:
        """These rows with some lists read again."""
        return Rows({**self.listed, **dict(newer)})
