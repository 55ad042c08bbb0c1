"""A site's files → its Site: parse, substitute, merge, check. Everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import BaseModel

from reconciler.desired.chart_values import check_chart_values
from reconciler.desired.check import Extent, check
from reconciler.desired.declaration import Declaration
from reconciler.desired.deployable import undeployable
from reconciler.desired.documents import SPECS
from reconciler.desired.file_sets import FileSet, read_files
from reconciler.desired.files import BOOTSTRAP, INSTALL, SITE, Parse, parse_blob
from reconciler.desired.findings import Findings
from reconciler.desired.host_models import HostProfileSpec
from reconciler.desired.layers import Merged, merged
from reconciler.desired.merge import PLAIN, swept
from reconciler.desired.ordered import deployment_documents
from reconciler.desired.own_values import own_hosts
from reconciler.desired.profiles import composites
from reconciler.desired.references import check_references
from reconciler.desired.rules import FILE_RULES, SPEC_RULES
from reconciler.desired.secret_keys import no_references, secrets_in_clear
from reconciler.desired.site_sections import Sections
from reconciler.desired.subcloud_networks import check_networks
from reconciler.desired.value_files import BootstrapValues, InstallValues
from reconciler.desired.values import substituted
from reconciler.model.node import Node
from reconciler.model.reference import IN_DOCUMENTS_IN_WORDS
from reconciler.model.site import Site, SiteFiles
from reconciler.model.subcloud_policy import Via

OF_PROFILES = frozenset(("Host", "HostProfile"))
DECLARED = tuple(kind for kind in SPECS if kind not in OF_PROFILES | {"System"})
VALUE_FILES: Mapping[str, type[BaseModel]] = {INSTALL: InstallValues, BOOTSTRAP: BootstrapValues, SITE: Sections}


def load_site(files: SiteFiles, parse: Parse = parse_blob) -> Site:
    """What Git says of one site. Raises ConfigErrors with every error found, by file and line.

    parse: `parse_blob`, or a memory of its results: they are shared between sites and never changed.
    """
    findings = Findings()
    said, file_sets = read_files(files, parse, findings)
    findings.end()  # what does not parse cannot be merged
    if said.values is not None:
        file_sets = [tuple(substituted(p, said.values, findings) for p in parsed) for parsed in file_sets]
    site = _assembled(files.name, said, file_sets, findings)
    check_references(site, findings)
    check_networks(site, findings)
    findings.end()
    policy = site.settings.subcloud
    documents = deployment_documents(site) if policy and policy.via is Via.DEPLOYMENT_MANAGER else ""
    lacks = tuple(map(str, undeployable(site, said.releases))) if policy else ()
    return replace(site, warnings=findings.notices, deployment=documents, lacks=lacks)


def _assembled(name: str, said: Declaration, file_sets: list[FileSet], findings: Findings) -> Site:
    sweep = any(parsed.has_removals for parsed in (parsed for files in file_sets for parsed in files))
    together = merged(file_sets, findings)
    if sweep:
        together = _swept(together)
    _check_documents(together, findings)
    _check_values(name, together, findings)
    hosts = composites(together.of("Host"), together.of("HostProfile"), findings, sweep=sweep)
    for host, composite in hosts.items():
        check(HostProfileSpec, _attributes(composite), f"Host {host}", findings, Extent.COMPLETED)
    return Site(
        name=name,
        settings=said.settings,
        pruned=said.pruned,
        system=together.system.spec if together.system else None,
        system_name=together.system.named if together.system else None,
        hosts=hosts,
        documents={kind: {n: d.spec for n, d in together.of(kind).items()} for kind in DECLARED},
        own_system=together.own.get("system") if together.own else None,
        own_hosts=own_hosts(together.own, hosts, findings),
        own_secrets=dict(own.members()) if together.own and (own := together.own.get("secrets")) else {},
        install_values=together.install_values,
        bootstrap_values=together.bootstrap_values,
        central=said.central,
        software=said.software,
        kubernetes=said.kubernetes,
        device_images=said.device_images,
        subcloud=said.subcloud,
    )


def _swept(together: Merged) -> Merged:
    """Without the elements to be removed; those of profiles and overrides stay, for a base profile lies below them."""
    documents = {
        identity: document
        if document.kind in OF_PROFILES
        else replace(document, spec=swept(document.spec, SPEC_RULES.get(document.kind, PLAIN)))
        for identity, document in together.documents.items()
    }
    values = {file: swept(root, FILE_RULES.get(file, PLAIN)) for file, root in together.values.items()}
    return Merged(documents, values)


def _check_documents(together: Merged, findings: Findings) -> None:
    for document in together.documents.values():
        rule = SPEC_RULES.get(document.kind, PLAIN)
        extent = Extent.LAYER if document.kind in OF_PROFILES else Extent.WHOLE
        check(SPECS[document.kind], swept(document.spec, rule), document.title, findings, extent)


def _check_values(site: str, together: Merged, findings: Findings) -> None:
    for file, values in together.values.items():
        check(VALUE_FILES[file], values, file, findings)
        if file == SITE:
            check_chart_values(values, findings)
            continue
        for key, value in secrets_in_clear(values):
            message = f"{file}: {key} stands in clear in Git: take it out, and give it by reference (secretRef)"
            findings.notice(message, value.origin)
        for value in no_references(values):
            findings.refuse(f"{file}: secretRef must be {IN_DOCUMENTS_IN_WORDS}, not what is there", value.origin)
    named = together.bootstrap_values.get("name") if together.bootstrap_values else None
    if named is not None and named.value != site:
        message = f'name is "{named.value}" and the folder is "{site}": they must be the same'
        findings.refuse(message, named.origin)


def _attributes(composite: Node) -> Node:
    return Node({key: node for key, node in composite.members() if key not in {"name", "match"}}, composite.origin)
