"""The files of one site, parsed, set by set in the order in which they lie over each other: layers, then its folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from reconciler.desired.check import check
from reconciler.desired.declaration import Declaration, declaration
from reconciler.desired.files import FLEET, SITE, Parse, Parsed
from reconciler.desired.findings import Findings
from reconciler.desired.ignored import rules
from reconciler.desired.own_values import head, sections
from reconciler.desired.paths import LAYERS, SITES, yaml_files
from reconciler.desired.settings import SITE_NAME
from reconciler.desired.site_sections import LayerFile
from reconciler.model.errors import ConfigErrors
from reconciler.model.node import Node
from reconciler.model.site import SiteFiles

FileSet: TypeAlias = tuple[Parsed, ...]


def read_files(files: SiteFiles, parse: Parse, findings: Findings) -> tuple[Declaration, list[FileSet]]:
    """What fleet.yaml and site.yaml declare, and the file sets, the lowest first. What is wrong goes to `findings`."""
    reading = _Reading(files, parse, findings)
    fleet = reading.root_of(FLEET)
    site = reading.root_of(f"{SITES}{files.name}/{SITE}")
    said = declaration(fleet, site, files.name, findings)
    sets = [*map(reading.layer, said.layers), reading.own()]
    layers = filter(None, (reading.root_of(f"{LAYERS}{named.value}/{SITE}") for named in said.layers))
    ignore = rules(fleet, said.settings.group, layers, site)
    settings = said.settings.model_copy(update={"ignore": ignore}) if ignore else said.settings
    return replace(said, settings=settings), sets


class _Reading:
    def __init__(self, files: SiteFiles, parse: Parse, findings: Findings) -> None:
        self._name = files.name
        self._files = files.files
        self._parse = parse
        self._findings = findings
        self._done: dict[str, Parsed] = {}

    def root_of(self, path: str) -> Node | None:
        return next((parsed.root for parsed in self._read([path] if path in self._files else [])), None)

    def own(self) -> FileSet:
        """The site's own folder; of site.yaml, which was read before, what it says of system and hosts."""
        folder = f"{SITES}{self._name}/"
        if not SITE_NAME.fullmatch(self._name):
            message = (
                f'"{self._name}" cannot name a subcloud: use lower-case letters, digits, - and ., not digits alone'
            )
            self._findings.refuse(message, folder)
        if not any(path.startswith(folder) for path in self._files):
            self._findings.refuse("there is no such folder: name a site of this repository", folder)
        return tuple(self._parsed(yaml_files(self._files, folder, self._findings)))

    def layer(self, named: Node) -> FileSet:
        folder = f"{LAYERS}{named.value}/"
        paths = yaml_files(self._files, folder, self._findings)
        if not paths:
            self._findings.refuse(f'no layer "{named.value}": there is no file {folder}*.yaml', named.origin)
        if folder + FLEET in paths:
            self._findings.refuse("is not read in a layer: it belongs elsewhere", folder + FLEET)
        for root in filter(None, map(self.root_of, (path for path in paths if path == folder + SITE))):
            check(LayerFile, head(root), f"layer {named.value}", self._findings)
        return tuple(self._parsed(paths))

    def _parsed(self, paths: Iterable[str]) -> Iterator[Parsed]:
        for parsed in self._read(paths):
            own = parsed.root if parsed.path.endswith(f"/{SITE}") else None
            yield replace(parsed, root=sections(own)) if own else parsed

    def _read(self, paths: Iterable[str]) -> Iterator[Parsed]:
        for path in paths:
            try:
                parsed = self._done.get(path) or self._parse(path, self._files[path])
            except ConfigErrors as refused:
                self._findings.refuse_all(refused)
                continue
            self._done[path] = parsed
            self._findings.take(parsed.notices)
            yield parsed
