"""One file of the site-config repository, parsed: a pure step whose result may be kept by blob and shared by sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.desired.documents import API_VERSION, GROUP, SPECS, Document
from reconciler.desired.merge import PLAIN, given_twice
from reconciler.desired.rules import SPEC_RULES
from reconciler.desired.scalars import doubtful, in_words, unquoted
from reconciler.desired.yaml_reader import read_yaml
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Notice

FLEET = "fleet.yaml"
SITE = "site.yaml"
INSTALL = "install-values.yaml"
BOOTSTRAP = "bootstrap-values.yaml"
DEPLOYMENT = "deployment-config.yaml"
OF_ONE_MAPPING = frozenset((FLEET, SITE, INSTALL, BOOTSTRAP))
_EMPTY: Mapping[str, Node] = {}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's values with their origins. Frozen throughout: merging and substituting make new values.

    root: the mapping of fleet.yaml, site.yaml and the value files. documents: those of every other file.
    has_names, has_removals: the text holds `${` or `$remove`, so substituting and sweeping are worth a walk.
    """

    path: str
    root: Node | None = None
    documents: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()
    has_names: bool = False
    has_removals: bool = False


Parse: TypeAlias = Callable[[str, bytes], Parsed]


def parse_blob(path: str, content: bytes) -> Parsed:
    """Parse one file. Equal arguments, equal results: keep them as long as the blob lives.

    The values of Secret documents are dropped here. Raises ConfigErrors with everything that is wrong in the file by
    itself; what depends on other files is judged by `load_site`.
    """
    roots = read_yaml(path, content)
    marks = (b"${" in content, b"$remove" in content)
    if path.rsplit("/", 1)[-1] in OF_ONE_MAPPING:
        return Parsed(path, _single(roots), (), (), *marks)
    reading = _Documents()
    for root in roots:
        reading.take(root)
    if reading.errors:
        raise ConfigErrors(reading.errors)
    return Parsed(path, None, tuple(reading.documents), reading.notices, *marks)


def _single(roots: tuple[Node, ...]) -> Node | None:
    if not roots:
        return None
    if len(roots) > 1:
        raise ConfigErrors([ConfigError("a second document: this file holds one mapping", roots[1].origin)])
    if not isinstance(roots[0].value, Mapping):
        message = f"this file holds one mapping, not {in_words(roots[0].plain())}"
        raise ConfigErrors([ConfigError(message, roots[0].origin)])
    return roots[0]


class _Documents:
    """The documents of one file, told apart by kind."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.errors: list[ConfigError] = []
        self._secrets: list[tuple[str, Origin]] = []
        self._scoped: list[Origin] = []
        self._unread: list[Notice] = []

    def take(self, root: Node) -> None:
        kind, version = root.text("kind"), root.text("apiVersion")
        if not kind and root.at("sops", "mac"):
            return  # encrypted values that references name: no document
        if not kind or not version:
            self._refuse("a document needs apiVersion, kind and metadata.name", root.origin)
        elif kind == "Secret" and version == "v1":
            self._secrets.append((root.text("metadata", "name"), root.origin))
        elif kind in SPECS and version == API_VERSION:
            self._take_known(kind, root)
        elif (kind, version) != ("Namespace", "v1"):
            self._take_unknown(kind, version, root)

    @property
    def notices(self) -> tuple[Notice, ...]:
        notices = list(self._unread)
        if self._secrets:
            names = ", ".join(name for name, _ in self._secrets)
            advice = "give credentials by reference (secretRef), and take secrets out of Git"
            notices.append(Notice(f"Secret {names}: the values are dropped unread; {advice}", str(self._secrets[0][1])))
        if self._scoped:
            advice = "the mode is site.yaml's"
            notices.append(Notice(f"status.deploymentScope is not needed here: {advice}", str(self._scoped[0])))
        return tuple(notices)

    def _take_known(self, kind: str, root: Node) -> None:
        named, spec = root.at("metadata", "name"), root.get("spec")
        if named is None or named.value == "":
            self._refuse(f"this {kind} has no metadata.name", root.origin)
            return
        if isinstance(named.value, Mapping | tuple):
            self._refuse(f"metadata.name must be text, not {in_words(named.plain())}", named.origin)
            return
        if not isinstance(named.value, str) or doubtful(named):
            self._refuse(f"metadata.name {unquoted(named)}", named.origin)
            return
        if spec is not None and not isinstance(spec.value, Mapping):
            self._refuse(f"{kind} {named.value}: spec must be a mapping, not {in_words(spec.plain())}", spec.origin)
            return
        if scope := root.at("status", "deploymentScope"):
            self._scoped.append(scope.origin)
        document = Document(kind, named, _sectioned(kind, spec or Node(_EMPTY, root.origin)), root.origin)
        self.errors.extend(given_twice(document.spec, document.title, SPEC_RULES.get(kind, PLAIN)))
        self.documents.append(document)

    def _take_unknown(self, kind: str, version: str, root: Node) -> None:
        if kind in SPECS:
            self._refuse(f"{kind} of {version} is not known: this program reads {API_VERSION}", root.origin)
            return
        known = f"; of {GROUP} it reads {', '.join(SPECS)}" if version.startswith(GROUP) else ""
        self._unread.append(Notice(f"{kind} of {version} is not managed{known}", str(root.origin)))

    def _refuse(self, message: str, origin: Origin) -> None:
        self.errors.append(ConfigError(message, origin))


def _sectioned(kind: str, spec: Node) -> Node:
    """PTP parameters by section: the old flat list is the section `global` (ptpinstance_types.go UnmarshalJSON)."""
    parameters = spec.get("parameters") if kind == "PtpInstance" else None
    if parameters is None or not isinstance(parameters.value, tuple) or not isinstance(spec.value, Mapping):
        return spec
    sections = Node({"global": parameters}, parameters.origin)
    return Node({**spec.value, "parameters": sections}, spec.origin)
