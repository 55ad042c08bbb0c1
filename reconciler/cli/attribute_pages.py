"""docs/attributes.md: what becomes of every attribute of a deployment-config. Made of the models and of the kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from reconciler.cli.kind_pages import MADE, table
from reconciler.desired import Attribute, attributes, is_at
from reconciler.desired.documents import SPECS
from reconciler.kinds import registry

FILE = "attributes.md"


class Standing(StrEnum):
    """What becomes of an attribute that Git says."""

    MANAGED = "managed"  # compared, planned, applied
    MERGED = "merged"  # says how documents are put together; nothing of it reaches the site as such
    SEEN = "read only"  # compared, and told, but the platform takes no other value
    IGNORED = "ignored"  # has no meaning for a site
    REFUSED = "refused by the platform"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Row:
    attribute: Attribute
    standing: Standing
    kinds: tuple[tuple[str, str], ...] = ()  # (kind, its attribute)
    why: str = ""

    @property
    def path(self) -> str:
        return self.attribute.path


# What no kind manages, and why.
_OTHERS: Mapping[str, tuple[Standing, str]] = {
    "HostProfile.metadata.name": (Standing.MERGED, "Hosts and other profiles name it"),
    "HostProfile.spec.base": (Standing.MERGED, "the profile below this one"),
    "Host.spec.profile": (Standing.MERGED, "the profile below this host"),
    "Host.spec.overrides": (Standing.MERGED, "stands over the profile; its members are those of HostProfile.spec"),
    "HostProfile.spec.interfaces.*.uuid": (Standing.IGNORED, "an id of the system that it was exported from"),
}
_SEEN = frozenset({"legacy-ptp"})


@cache
def rows() -> tuple[Row, ...]:
    """Every attribute that has no attributes below it, in the order of the documents."""
    return tuple(_row(a) for a in attributes() if a.is_leaf)


def page() -> str:
    documents = list(dict.fromkeys(row.path.partition(".")[0] for row in rows()))
    sections = (part for name in documents for part in _section(name))
    return "\n\n".join([MADE, "# Every attribute of a deployment-config", _TEXT, _counts(), *sections]) + "\n"


_TEXT = (
    "What Git says of each attribute, and what becomes of it. A path names the document, its `spec`, and the members "
    "below; elements of lists are implied. `Site` is site.yaml, which says what the custom resources cannot. "
    "The schemas in `schemas/` say the types, and the linked pages how each is compared and what a change costs."
)


def _section(document: str) -> Iterator[str]:
    yield f"## {document}" if document in SPECS else f"## {document} (site.yaml)"
    found = [row for row in rows() if row.path.partition(".")[0] == document]
    cells = ((f"`{row.path.partition('.')[2]}`", row.attribute.words, row.standing, _told(row)) for row in found)
    yield table(("attribute", "what it is", "state", "by"), cells)


def _counts() -> str:
    """How many of the peer's attributes stand how."""
    upstream = [row for row in rows() if row.path.partition(".")[0] in SPECS]
    counted = ((standing, sum(row.standing is standing for row in upstream)) for standing in Standing)
    cells = [(standing, str(n), f"{100 * n / len(upstream):.1f} %") for standing, n in counted if n]
    return table(("state", "attributes", "share"), [*cells, ("all", str(len(upstream)), "100 %")])


def _told(row: Row) -> str:
    if row.why:
        return row.why
    return ", ".join(f"[{kind}](reference/{kind}.md) `{attribute}`" for kind, attribute in row.kinds)


def _row(attribute: Attribute) -> Row:
    kinds = tuple(_said_by().get(attribute.path, ()))
    other = next((said for pattern, said in _OTHERS.items() if is_at(attribute.path, pattern)), None)
    if other:
        return Row(attribute, other[0], kinds, other[1])
    if not kinds:
        return Row(attribute, Standing.NOT_YET, why="no kind takes it")
    return Row(attribute, Standing.SEEN if {k for k, _ in kinds} <= _SEEN else Standing.MANAGED, kinds)


@cache
def _said_by() -> Mapping[str, list[tuple[str, str]]]:
    """Path -> the kinds and attributes that say they take it."""
    takers = [
        (place, name, a)
        for name, kind in sorted(registry().items())
        for a in kind.attributes
        for place in kind.places(a)
    ]
    return {one.path: [(name, a) for place, name, a in takers if is_at(one.path, place)] for one in attributes()}
