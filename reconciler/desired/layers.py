"""The file sets of a site, one over the other: its layers in the order that it names them, then its own folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from reconciler.desired.documents import Document
from reconciler.desired.files import BOOTSTRAP, INSTALL, SITE, Parsed
from reconciler.desired.findings import Findings
from reconciler.desired.merge import PLAIN, merge
from reconciler.desired.rules import FILE_RULES, SPEC_RULES
from reconciler.model.node import Node

# A system is one, whatever its name; everything else is known by kind and name.
Identity: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Merged:
    """What all layers together say. Elements marked `$remove` are still in the specs: a base profile may lie below."""

    documents: dict[Identity, Document] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)  # name of a file that holds one mapping -> the mapping

    @property
    def install_values(self) -> Node | None:
        return self.values.get(INSTALL)

    @property
    def bootstrap_values(self) -> Node | None:
        return self.values.get(BOOTSTRAP)

    @property
    def own(self) -> Node | None:
        """What site.yaml says of system, hosts and secrets."""
        return self.values.get(SITE)

    @property
    def system(self) -> Document | None:
        return self.documents.get(("System", ""))

    def of(self, kind: str) -> Mapping[str, Document]:
        """The documents of one kind by name."""
        return {name: document for (k, name), document in self.documents.items() if k == kind}


def merged(file_sets: Iterable[tuple[Parsed, ...]], findings: Findings) -> Merged:
    """The file sets merged, the lowest first. A document twice in one set is refused, in two sets it is merged."""
    result = Merged()
    for files in file_sets:
        for identity, document in _documents(files, findings).items():
            result.documents[identity] = _over(result.documents.get(identity), document)
        for parsed in files:
            if parsed.root is not None:
                name = parsed.path.rsplit("/", 1)[-1]
                rule = FILE_RULES.get(name, PLAIN)
                result.values[name] = merge(result.values.get(name), parsed.root, rule) or parsed.root
    return result


def _documents(files: Iterable[Parsed], findings: Findings) -> dict[Identity, Document]:
    found: dict[Identity, Document] = {}
    for document in (document for parsed in files for document in parsed.documents):
        identity = (document.kind, "" if document.kind == "System" else document.name)
        first = found.setdefault(identity, document)
        if first is not document:
            which = f"{document.title} stands here, {first.title}" if first.name != document.name else document.title
            message = f"{which} is given twice, first at {first.named.origin}: keep one of them"
            if document.kind == "System":
                message = f"{document.title}: a site has one System, and {first.origin} has one: keep one of them"
            findings.refuse(message, document.named.origin)
    return found


def _over(lower: Document | None, upper: Document) -> Document:
    if lower is None:
        return upper
    spec = merge(lower.spec, upper.spec, SPEC_RULES.get(upper.kind, PLAIN))
    return replace(upper, spec=spec or upper.spec)
